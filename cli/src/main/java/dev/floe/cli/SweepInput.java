package dev.floe.cli;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.sweeps.check.BackboneCheck;
import dev.floe.sweeps.check.PathCheck;
import dev.floe.sweeps.check.Problem;
import dev.floe.sweeps.file.SweepFile;
import dev.floe.sweeps.file.SweepFileException;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.config.BackboneInspector.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A sweep that was read and checked against its backbone and the file system. Nothing is written.
 *
 * @param backbone what the model directory holds
 */
record SweepInput(SweepSpec spec, BackboneDescription backbone) {

  /**
   * Reads {@code file} and checks all that can be checked without loading a weight.
   *
   * @throws SweepFileException when the file, or what it asks for, cannot run
   * @throws dev.floe.worker.InvalidJobException when the model directory is broken
   */
  static SweepInput read(Path file) throws SweepFileException, IOException {
    SweepSpec spec = SweepFile.read(file);
    refuse(file, PathCheck.problems(spec));
    BackboneDescription backbone =
        BackboneInspector.describe(Path.of(spec.backbone()), required(spec));
    refuse(file, BackboneCheck.problems(spec, backbone));
    return new SweepInput(spec, backbone);
  }

  /** Full training from random initialisation alone needs no weights. */
  private static Set<Part> required(SweepSpec spec) {
    boolean fromScratch =
        spec.adapter().types().equals(List.of(AdapterType.FULL))
            && spec.adapter().inits().equals(List.of(Initial.RANDOM));
    return fromScratch ? EnumSet.of(Part.TOKENIZER) : EnumSet.allOf(Part.class);
  }

  private static void refuse(Path file, List<Problem> problems) throws SweepFileException {
    if (!problems.isEmpty()) {
      throw new SweepFileException(
          problems.stream()
              .map(problem -> new Problem(file + ": " + problem.where(), problem.what()))
              .toList());
    }
  }
}
