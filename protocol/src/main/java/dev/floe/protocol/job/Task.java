package dev.floe.protocol.job;

/** The benchmarks of the paper, each with a rule of its own for reading an answer from text. */
public enum Task {
  GSM8K,
  SVAMP,
  MULTIARITH,
  ADDSUB,
  SINGLEEQ,
  MAWPS,
  AQUA,
  BOOLQ,
  PIQA,
  SIQA,
  HELLASWAG,
  WINOGRANDE,
  ARC_E,
  ARC_C,
  OBQA
}
