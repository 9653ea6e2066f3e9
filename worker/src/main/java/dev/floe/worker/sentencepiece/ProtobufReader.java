package dev.floe.worker.sentencepiece;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Walks over the fields of one protobuf message, as its encoding page describes them. */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;
  private static final int LONGEST_VARINT = 10;

  private final ByteBuffer message;
  private int field;
  private int wireType;

  ProtobufReader(ByteBuffer message) {
    this.message = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes are no message of the expected kind. */
  static final class BrokenMessageException extends Exception {
    BrokenMessageException(String problem) {
      super(problem);
    }
  }

  /** Goes to the next field; says whether there is one. */
  boolean next() throws BrokenMessageException {
    if (!message.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (field == 0) {
      throw new BrokenMessageException("a field has the number 0");
    }
    return true;
  }

  /** The number of the field that the reader is at. */
  int field() {
    return field;
  }

  long number() throws BrokenMessageException {
    expect(VARINT);
    return varint();
  }

  float float32() throws BrokenMessageException {
    expect(FIXED_32);
    try {
      return message.getFloat();
    } catch (BufferUnderflowException e) {
      throw endsEarly();
    }
  }

  /** The bytes of a field, which share the message's memory. */
  ByteBuffer bytes() throws BrokenMessageException {
    expect(BYTES);
    return take(varint());
  }

  String text() throws BrokenMessageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
    } catch (CharacterCodingException e) {
      throw new BrokenMessageException("a text is not valid UTF-8");
    }
  }

  /** Passes over the field's value. */
  void skip() throws BrokenMessageException {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED_64 -> take(Long.BYTES);
      case BYTES -> take(varint());
      case FIXED_32 -> take(Float.BYTES);
      default -> throw new BrokenMessageException("a field has the unknown type " + wireType);
    }
  }

  private void expect(int type) throws BrokenMessageException {
    if (wireType != type) {
      throw new BrokenMessageException("field %d has another type".formatted(field));
    }
  }

  private ByteBuffer take(long length) throws BrokenMessageException {
    if (length < 0 || length > message.remaining()) {
      throw endsEarly();
    }
    ByteBuffer part = message.slice(message.position(), (int) length);
    message.position(message.position() + (int) length);
    return part;
  }

  private long varint() throws BrokenMessageException {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      if (!message.hasRemaining()) {
        throw endsEarly();
      }
      byte next = message.get();
      value |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new BrokenMessageException("a number does not end");
  }

  private static BrokenMessageException endsEarly() {
    return new BrokenMessageException("it ends in the middle of a field");
  }
}
