package dev.floe.worker.engine;

import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.HeldOut;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Task;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.answer.Answer;
import dev.floe.worker.answer.GoldAnswers;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.EncodedData;
import dev.floe.worker.data.RowEncoder;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.data.Split;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.evaluate.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data of the resident backbone's jobs, made into tokens once and kept as long as the backbone
 * and the way of reading stay the same.
 */
final class Datasets implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Datasets.class);

  private final Map<DataSpec, List<TrainingRow>> training = new HashMap<>();
  private final Map<ProblemKey, List<Problem>> problems = new HashMap<>();
  private String backbonePath;
  private TextTokenizer tokenizer;

  /** What the problems of an evaluation set depend on. */
  private record ProblemKey(String file, Task task, String prompt, int reserved, int limit) {}

  /** The rows to train on, and those to validate on. */
  Split training(JobSpec job, Backbone backbone) throws IOException {
    DataSpec data = job.data();
    HeldOut heldOut = data.validation();
    List<TrainingRow> rows = rows(data.train(), data, backbone);
    if (heldOut == null) {
      return new Split(rows, List.of());
    }
    return heldOut.file() == null
        ? Split.of(rows, heldOut, job.seed())
        : new Split(rows, rows(heldOut.file(), data, backbone));
  }

  private List<TrainingRow> rows(String file, DataSpec spec, Backbone backbone) throws IOException {
    TextTokenizer tokens = tokenizer(backbone);
    DataSpec data =
        new DataSpec(
            file, List.of(), spec.prompt(), spec.cutoff(), spec.trainOnInputs(), spec.shuffle());
    List<TrainingRow> known = training.get(data);
    if (known != null) {
      return known;
    }
    EncodedData encoded =
        new RowEncoder(backbone.config(), tokens, data).encode(RowFile.read(Path.of(data.train())));
    log.info(
        "{}: {} rows, {} cut off at {} tokens, {} without a label left out",
        data.train(),
        encoded.rows().size(),
        encoded.truncated(),
        data.cutoff(),
        encoded.dropped());
    training.put(data, encoded.rows());
    return encoded.rows();
  }

  /** The problems of an evaluation set. */
  List<Problem> problems(JobSpec job, String file, Backbone backbone) throws IOException {
    TextTokenizer tokens = tokenizer(backbone);
    int reserved = job.evaluate().maxNewTokens() + job.adapter().virtualTokens();
    ProblemKey key =
        new ProblemKey(
            file,
            job.data().tasks().get(file),
            job.data().prompt(),
            reserved,
            job.evaluate().limit());
    List<Problem> known = problems.get(key);
    if (known != null) {
      return known;
    }
    if (tokens == null) {
      throw new InvalidJobException(
          backbone.description().path()
              + ": has no tokenizer.json, which the answers in "
              + file
              + " are read with");
    }
    RowFile rows = RowFile.read(Path.of(file)).first(key.limit());
    List<Answer> answers = GoldAnswers.of(rows, key.task());
    List<int[]> prompts =
        new RowEncoder(backbone.config(), tokens, job.data()).prompts(rows, key.reserved());
    List<Problem> made = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      made.add(new Problem(prompts.get(i), answers.get(i)));
    }
    problems.put(key, made);
    return made;
  }

  /**
   * The backbone's tokenizer, null when its directory has none: rows of token ids need none.
   * Another backbone makes everything kept so far useless.
   */
  TextTokenizer tokenizer(Backbone backbone) throws IOException {
    String path = backbone.description().path();
    if (!path.equals(backbonePath)) {
      close();
      tokenizer =
          TextTokenizer.openIfPresent(Path.of(path), backbone.config().vocabulary()).orElse(null);
      backbonePath = path;
    }
    return tokenizer;
  }

  @Override
  public void close() {
    training.clear();
    problems.clear();
    if (tokenizer != null) {
      tokenizer.close();
      tokenizer = null;
    }
    backbonePath = null;
  }
}
