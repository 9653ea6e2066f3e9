package dev.floe.worker.sentencepiece;

import dev.floe.worker.InvalidJobException;
import dev.floe.worker.sentencepiece.ProtobufReader.BrokenMessageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece model of byte-pair kind (arXiv 1808.06226), as LLaMA's {@code tokenizer.model}
 * is: what it says of its pieces, in the order of their ids.
 *
 * @param prefixSpace whether a space is put in front of a text
 */
public record SentencePieceModel(List<Piece> pieces, boolean prefixSpace) {
  private static final long LARGEST_FILE = 200_000_000;
  private static final int BYTE_PAIRS = 2;

  /**
   * One piece; its id is its place.
   *
   * @param score pieces of higher score are merged first
   */
  public record Piece(String text, float score, Kind kind) {}

  /** What a piece stands for. */
  public enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  public SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidJobException it is damaged, or a model that works in another way than LLaMA's
   */
  public static SentencePieceModel read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > LARGEST_FILE) {
      throw new InvalidJobException(
          "%s: has %d bytes, more than the %d that floe reads of such a file"
              .formatted(file, size, LARGEST_FILE));
    }
    try {
      return new Reader(file).model(ByteBuffer.wrap(Files.readAllBytes(file)));
    } catch (BrokenMessageException e) {
      throw new InvalidJobException(
          file + ": is no SentencePiece model: " + e.getMessage() + "; copy it again", e);
    }
  }

  /** Collects a model's parts while its file is read. */
  private static final class Reader {
    private final Path file;
    private final List<Piece> pieces = new ArrayList<>();

    /** Defaults are those of SentencePiece: the file leaves them out. */
    private long modelType = 1;

    private boolean charactersMapped;
    private boolean prefixSpace = true;
    private boolean spacesRemoved = true;
    private boolean spacesBehind;

    Reader(Path file) {
      this.file = file;
    }

    SentencePieceModel model(ByteBuffer bytes) throws BrokenMessageException {
      ProtobufReader model = new ProtobufReader(bytes);
      while (model.next()) {
        switch (model.field()) {
          case 1 -> pieces.add(piece(new ProtobufReader(model.bytes())));
          case 2 -> trainer(new ProtobufReader(model.bytes()));
          case 3 -> normalizer(new ProtobufReader(model.bytes()));
          default -> model.skip();
        }
      }
      if (pieces.isEmpty()) {
        throw new BrokenMessageException("it has no pieces");
      }
      refuseUnlessAsLlama();
      return new SentencePieceModel(pieces, prefixSpace);
    }

    private static Piece piece(ProtobufReader piece) throws BrokenMessageException {
      String text = "";
      float score = 0;
      long kind = 1;
      while (piece.next()) {
        switch (piece.field()) {
          case 1 -> text = piece.text();
          case 2 -> score = piece.float32();
          case 3 -> kind = piece.number();
          default -> piece.skip();
        }
      }
      return new Piece(text, score, kind(kind));
    }

    private static Kind kind(long number) throws BrokenMessageException {
      return switch ((int) number) {
        case 1 -> Kind.NORMAL;
        case 2 -> Kind.UNKNOWN;
        case 3 -> Kind.CONTROL;
        case 4 -> Kind.USER_DEFINED;
        case 5 -> Kind.UNUSED;
        case 6 -> Kind.BYTE;
        default -> throw new BrokenMessageException("a piece is of the unknown kind " + number);
      };
    }

    private void trainer(ProtobufReader trainer) throws BrokenMessageException {
      while (trainer.next()) {
        switch (trainer.field()) {
          case 3 -> modelType = trainer.number();
          case 24 -> spacesBehind = trainer.number() != 0;
          default -> trainer.skip();
        }
      }
    }

    private void normalizer(ProtobufReader normalizer) throws BrokenMessageException {
      while (normalizer.next()) {
        switch (normalizer.field()) {
          case 2 -> charactersMapped = normalizer.bytes().hasRemaining();
          case 3 -> prefixSpace = normalizer.number() != 0;
          case 4 -> spacesRemoved = normalizer.number() != 0;
          default -> normalizer.skip();
        }
      }
    }

    private void refuseUnlessAsLlama() {
      if (modelType != BYTE_PAIRS) {
        throw refused("is no byte-pair model");
      }
      if (charactersMapped || spacesRemoved || spacesBehind) {
        throw refused("changes characters or spaces before it splits a text");
      }
    }

    private InvalidJobException refused(String why) {
      return new InvalidJobException(
          file
              + ": "
              + why
              + ", unlike LLaMA's; save the model's fast tokenizer as tokenizer.json there");
    }
  }
}
