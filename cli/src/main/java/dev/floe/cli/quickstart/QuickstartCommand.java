package dev.floe.cli.quickstart;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe quickstart-data}: makes what the quickstart is made from. */
@Command(
    name = "quickstart-data",
    description = {
      "Generates the quickstart's data from a fixed seed: the documents that its backbone is"
          + " pre-trained on, the tokenizer, and the word problems that adapters are tuned on.",
      "Everything but the documents is kept in the repository, in sweeps/library."
    },
    mixinStandardHelpOptions = true)
public final class QuickstartCommand implements Callable<Integer> {
  /** The seed that the files in the repository were made with. */
  static final long SEED = 20_261_124;

  @Spec private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the files go; it is created if it is missing.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(directory);
    QuickstartCorpus corpus = new QuickstartCorpus(SEED);
    corpus.writeTokenizer(directory.resolve("tokenizer.json"));
    corpus.writeProblems(
        directory.resolve("word-problems-train.json"),
        directory.resolve("word-problems-test.json"));
    corpus.writeDocuments(directory.resolve("documents.jsonl"), QuickstartCorpus.DOCUMENTS);
    PrintWriter out = command.commandLine().getOut();
    out.println(
        "documents.jsonl, tokenizer.json, word-problems-train.json and word-problems-test.json"
            + " are in "
            + directory);
    out.flush();
    return 0;
  }
}
