/** SentencePiece models as LLaMA directories have them, made into Hugging Face tokenizers. */
package dev.floe.worker.sentencepiece;
