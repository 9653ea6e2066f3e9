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
import dev.floe.worker.data.Prompts;
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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data of the resident backbone's jobs, made into tokens once and kept as long as the backbone
 * and the way of reading stay the same.
 */
final class Datasets implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Datasets.class);

  private final Map<RowsKey, EncodedData> training = new HashMap<>();
  private final Map<ProblemKey, ProblemSet> problems = new HashMap<>();
  private String backbonePath;
  private TextTokenizer tokenizer;

  /** What the rows of a file depend on. */
  private record RowsKey(String file, String prompt, int cutoff, boolean trainOnInputs) {
    static RowsKey of(String file, DataSpec data) {
      return new RowsKey(file, data.prompt(), data.cutoff(), data.trainOnInputs());
    }
  }

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

  private List<TrainingRow> rows(String file, DataSpec data, Backbone backbone) throws IOException {
    TextTokenizer tokens = tokenizer(backbone);
    RowsKey key = RowsKey.of(file, data);
    EncodedData known = training.get(key);
    if (known != null) {
      return known.rows();
    }
    EncodedData encoded =
        new RowEncoder(backbone.config(), tokens, data).encode(RowFile.read(Path.of(file)));
    log.info(
        "{}: {} rows, {} lost labels to the cutoff of {} tokens, {} without a label left out",
        file,
        encoded.rows().size(),
        encoded.truncated(),
        data.cutoff(),
        encoded.dropped());
    training.put(key, encoded);
    return encoded.rows();
  }

  /** What reading the rows that a job trains on left out; empty when it trains on none. */
  Optional<EncodedData> trained(JobSpec job) {
    return Optional.ofNullable(training.get(RowsKey.of(job.data().train(), job.data())));
  }

  /**
   * An evaluation set.
   *
   * @param truncated prompts whose beginning was left out
   */
  record ProblemSet(List<Problem> problems, int truncated) {}

  /** The problems of an evaluation set. */
  ProblemSet problems(JobSpec job, String file, Backbone backbone) throws IOException {
    TextTokenizer tokens = tokenizer(backbone);
    int reserved = job.evaluate().maxNewTokens() + job.adapter().virtualTokens();
    ProblemKey key =
        new ProblemKey(
            file,
            job.data().tasks().get(file),
            job.data().prompt(),
            reserved,
            job.evaluate().limit());
    ProblemSet known = problems.get(key);
    if (known != null) {
      return known;
    }
    RowFile rows = RowFile.read(Path.of(file)).first(key.limit());
    List<Answer> answers = GoldAnswers.of(rows, key.task());
    if (tokens == null && answers.get(0) != null) {
      throw new InvalidJobException(
          backbone.description().path()
              + ": has no tokenizer.json and no tokenizer.model, which the answers in "
              + file
              + " are read with");
    }
    Prompts prompts =
        new RowEncoder(backbone.config(), tokens, job.data()).prompts(rows, key.reserved());
    List<Problem> made = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      made.add(new Problem(prompts.tokens().get(i), answers.get(i)));
    }
    ProblemSet set = new ProblemSet(made, prompts.truncated());
    problems.put(key, set);
    return set;
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
