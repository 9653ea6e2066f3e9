package dev.floe.cli;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.sweeps.check.BackboneCheck;
import dev.floe.sweeps.check.PathCheck;
import dev.floe.sweeps.check.Problem;
import dev.floe.sweeps.file.Settings;
import dev.floe.sweeps.file.SweepFile;
import dev.floe.sweeps.file.SweepFileException;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.answer.GoldAnswers;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.config.BackboneInspector.Part;
import dev.floe.worker.data.Row;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.data.TextTokenizer;
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
public record SweepInput(SweepSpec spec, BackboneDescription backbone) {

  /**
   * Reads {@code file} and checks all that can be checked without loading a weight.
   *
   * @throws SweepFileException when the file, or what it asks for, cannot run
   * @throws InvalidJobException when the model directory or a data file is broken
   */
  public static SweepInput read(Path file, Settings settings)
      throws SweepFileException, IOException {
    return check(file, SweepFile.read(file, settings));
  }

  /** Checks what was read from {@code file} in the same way. */
  public static SweepInput check(Path file, SweepSpec spec) throws SweepFileException, IOException {
    refuse(file, PathCheck.problems(spec));
    Path directory = Path.of(spec.backbone());
    Set<Part> required = required(spec, readData(spec));
    BackboneDescription backbone = BackboneInspector.describe(directory, required);
    if (required.contains(Part.TOKENIZER)) {
      TextTokenizer.check(directory, backbone.vocabulary());
    }
    refuse(file, BackboneCheck.problems(spec, backbone));
    return new SweepInput(spec, backbone);
  }

  /** Reads every row, which finds the broken ones; says whether there is text to tokenize. */
  private static boolean readData(SweepSpec spec) throws IOException {
    for (String set : spec.data().evaluate()) {
      GoldAnswers.of(RowFile.read(Path.of(set)), spec.data().tasks().get(set));
    }
    List<Row> rows = RowFile.read(Path.of(spec.data().train())).rows();
    return !spec.data().evaluate().isEmpty()
        || rows.stream().anyMatch(row -> !(row instanceof Row.TokenIds));
  }

  /** Full training from random initialisation alone needs no weights; tokens no tokenizer. */
  private static Set<Part> required(SweepSpec spec, boolean text) {
    Set<Part> required = EnumSet.noneOf(Part.class);
    boolean fromScratch =
        spec.adapter().types().equals(List.of(AdapterType.FULL))
            && spec.adapter().full().inits().equals(List.of(Initial.RANDOM));
    if (!fromScratch) {
      required.add(Part.WEIGHTS);
    }
    if (text) {
      required.add(Part.TOKENIZER);
    }
    return required;
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
