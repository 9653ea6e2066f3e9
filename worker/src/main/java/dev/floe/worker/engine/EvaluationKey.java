package dev.floe.worker.engine;

import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.worker.backbone.Backbone;
import java.util.Optional;

/** What jobs have in common whose adapters can be scored in one decode batch. */
record EvaluationKey(Backbone backbone, DataSpec data, EvaluateSpec evaluate) {

  /**
   * The key of a job; empty when there is nothing to score it on, and where its rows need a batch
   * of their own: for a beam search, behind virtual tokens, under weights of its own.
   */
  static Optional<EvaluationKey> of(PreparedJob prepared) {
    DataSpec data = prepared.job().data();
    EvaluateSpec evaluate = prepared.job().evaluate();
    boolean alone =
        data.evaluate().isEmpty()
            || evaluate.beams() > 1
            || !prepared.backbone().decodesWithOthers(prepared.adapter());
    return alone
        ? Optional.empty()
        : Optional.of(new EvaluationKey(prepared.backbone(), data, evaluate));
  }
}
