package dev.floe.worker.data;

import dev.floe.protocol.job.DataSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tokens of rows, in the paper's way: prompt and output are one text, the first token is bos,
 * what is longer than the cutoff is cut off, and eos follows what is shorter. The prompt's tokens
 * are as many as the prompt alone has; they lose their labels unless inputs are trained on too.
 */
public final class RowEncoder {
  private static final Logger log = LoggerFactory.getLogger(RowEncoder.class);

  private final BackboneConfig config;
  private final TextTokenizer tokenizer;
  private final PromptTemplate template;
  private final int cutoff;
  private final boolean trainOnInputs;

  /**
   * An encoder for one backbone and one way to read data.
   *
   * @param tokenizer null when the backbone has none: then rows must be token ids
   * @throws InvalidJobException the prompt template is unknown
   */
  public RowEncoder(BackboneConfig config, TextTokenizer tokenizer, DataSpec data) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.template = PromptTemplate.of(data.prompt());
    this.cutoff = data.cutoff();
    this.trainOnInputs = data.trainOnInputs();
  }

  /**
   * The rows to train on, in the file's order; rows without a label are left out.
   *
   * @throws InvalidJobException a row cannot be trained on, or no row is left
   */
  public EncodedData encode(RowFile file) {
    List<RowTokens> encoded = tokens(file);
    List<TrainingRow> kept = new ArrayList<>(encoded.size());
    int truncated = 0;
    for (int i = 0; i < encoded.size(); i++) {
      TrainingRow row = cut(encoded.get(i));
      if (row.labelled() == 0) {
        continue;
      }
      checkContext(file, i, row.tokens().length, "lower data.cutoff");
      kept.add(row);
      truncated += encoded.get(i).losesLabels(cutoff) ? 1 : 0;
    }
    if (kept.isEmpty()) {
      throw new InvalidJobException(
          "%s: none of its %d rows has a token to train on within data.cutoff %d; raise it"
              .formatted(file.path(), encoded.size(), cutoff));
    }
    return new EncodedData(kept, encoded.size() - kept.size(), truncated);
  }

  /**
   * What the backbone is to continue, one prompt per row of the file. Of a prompt that is too long
   * for the context the beginning is left out, bos excepted.
   *
   * @param maxNewTokens longest continuation, which must fit into the context too
   * @throws InvalidJobException the context has no room for any prompt, or a row is a document,
   *     which has no prompt
   */
  public Prompts prompts(RowFile file, int maxNewTokens) {
    List<int[]> texts = encodeTexts(file, this::promptText);
    List<int[]> prompts = new ArrayList<>(texts.size());
    int room = config.longestContext() - maxNewTokens;
    int shortened = 0;
    for (int i = 0; i < texts.size(); i++) {
      int[] prompt =
          file.rows().get(i) instanceof Row.TokenIds given
              ? checkIds(file, i, given.ids())
              : config.specialTokens().withBos(texts.get(i));
      if (room < Prompts.SHORTEST) {
        checkContext(file, i, prompt.length + maxNewTokens, "lower evaluate.max-new-tokens");
      }
      prompts.add(Prompts.fit(prompt, room));
      shortened += prompt.length <= room ? 0 : 1;
    }
    if (shortened > 0) {
      log.warn(
          "{}: the beginning of {} of {} prompts is left out: with {} new tokens the context has"
              + " room for {} tokens",
          file.path(),
          shortened,
          prompts.size(),
          maxNewTokens,
          room);
    }
    return new Prompts(prompts, shortened);
  }

  /**
   * A row's tokens before they are cut.
   *
   * @param labels one per id
   * @param endable whether eos follows when there is room
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data that nobody compares or changes
  private record RowTokens(int[] ids, int[] labels, boolean endable) {

    boolean losesLabels(int cutoff) {
      return Arrays.stream(labels).skip(cutoff).anyMatch(label -> label != TrainingRow.NO_LOSS);
    }
  }

  private List<RowTokens> tokens(RowFile file) {
    List<int[]> texts = encodeTexts(file, this::trainingText);
    List<int[]> prompts = trainOnInputs ? null : encodeTexts(file, this::promptOrNothing);
    List<RowTokens> all = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      if (file.rows().get(i) instanceof Row.TokenIds given) {
        int[] ids = checkIds(file, i, given.ids());
        int[] labels = given.labels() == null ? ids : checkIds(file, i, given.labels());
        all.add(new RowTokens(ids, labels, false));
      } else {
        int[] ids = config.specialTokens().withBos(texts.get(i));
        boolean document = file.rows().get(i) instanceof Row.Document;
        int unlabelled =
            trainOnInputs || document ? 0 : config.specialTokens().withBos(prompts.get(i)).length;
        all.add(new RowTokens(ids, withoutLoss(ids, unlabelled), true));
      }
    }
    return all;
  }

  private TrainingRow cut(RowTokens row) {
    int[] ids = row.ids();
    int length = Math.min(ids.length, cutoff);
    List<Integer> ends = config.specialTokens().eos();
    boolean ended =
        row.endable()
            && ids.length < cutoff
            && !ends.isEmpty()
            && (ids.length == 0 || !ends.get(0).equals(ids[ids.length - 1]));
    int[] tokens = Arrays.copyOf(ids, ended ? length + 1 : length);
    int[] labels = Arrays.copyOf(row.labels(), tokens.length);
    if (ended) {
      tokens[length] = ends.get(0);
      labels[length] = ends.get(0);
    }
    return new TrainingRow(tokens, labels);
  }

  private static int[] withoutLoss(int[] ids, int unlabelled) {
    int[] labels = ids.clone();
    Arrays.fill(labels, 0, Math.min(unlabelled, labels.length), TrainingRow.NO_LOSS);
    return labels;
  }

  /** The text of a row that is to be encoded; null for a row that is tokens already. */
  @FunctionalInterface
  private interface TextOf {
    String text(RowFile file, int index, Row row);
  }

  private String trainingText(RowFile file, int index, Row row) {
    if (row instanceof Row.Document document) {
      return document.text();
    }
    if (row instanceof Row.Instruction instruction) {
      if (instruction.output() == null) {
        throw file.broken(index, "has no \"output\" to train on");
      }
      return promptText(file, index, row) + instruction.output();
    }
    return null;
  }

  private String promptText(RowFile file, int index, Row row) {
    if (row instanceof Row.Document) {
      throw file.broken(index, "is a document, \"text\", which has no prompt to continue");
    }
    return promptOrNothing(file, index, row);
  }

  private String promptOrNothing(RowFile file, int index, Row row) {
    if (!(row instanceof Row.Instruction instruction)) {
      return null;
    }
    try {
      return template.render(instruction.instruction(), instruction.input());
    } catch (IllegalArgumentException e) {
      throw file.broken(index, e.getMessage());
    }
  }

  /** Token ids of each row's text; empty where there is none. */
  private List<int[]> encodeTexts(RowFile file, TextOf textOf) {
    List<Row> rows = file.rows();
    List<String> texts = new ArrayList<>(rows.size());
    boolean anyText = false;
    for (int i = 0; i < rows.size(); i++) {
      String text = textOf.text(file, i, rows.get(i));
      if (text != null && tokenizer == null) {
        throw file.broken(
            i, "is text, but the backbone has no tokenizer.json and no tokenizer.model");
      }
      anyText |= text != null;
      texts.add(text == null ? "" : text);
    }
    return anyText ? tokenizer.encodeAll(texts) : Collections.nCopies(rows.size(), new int[0]);
  }

  private int[] checkIds(RowFile file, int index, int[] ids) {
    for (int id : ids) {
      if (id >= config.vocabulary()) {
        throw file.broken(
            index, "has token id %d; vocab_size is %d".formatted(id, config.vocabulary()));
      }
    }
    return ids;
  }

  private void checkContext(RowFile file, int index, int length, String remedy) {
    if (length > config.longestContext()) {
      throw file.broken(
          index,
          "needs %d tokens of context, but the backbone has %d; %s"
              .formatted(length, config.longestContext(), remedy));
    }
  }
}
