package dev.floe.protocol.backbone;

/** What a linear module does in its layer. */
public enum LinearPart {
  QUERY,
  KEY,
  VALUE,
  /** One module that makes queries, keys and values. */
  QUERY_KEY_VALUE,
  ATTENTION_OUTPUT,
  MLP_INPUT,
  MLP_OUTPUT;

  /** Whether it belongs to attention; otherwise to the MLP. */
  public boolean isAttention() {
    return this != MLP_INPUT && this != MLP_OUTPUT;
  }

  /** Whether it is the last linear of attention or of the MLP. */
  public boolean isOutput() {
    return this == ATTENTION_OUTPUT || this == MLP_OUTPUT;
  }
}
