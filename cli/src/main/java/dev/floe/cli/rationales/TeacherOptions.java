package dev.floe.cli.rationales;

import dev.floe.cli.BadInputException;
import dev.floe.cli.OptionChecks;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a teacher is asked; nobody is where there is no endpoint. */
final class TeacherOptions {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description =
          "Ask a teacher behind an OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1;"
              + " default none: the log is all there is.")
  private String endpoint;

  @Option(names = "--model", paramLabel = "NAME", description = "The teacher's name there.")
  private String model;

  @Option(
      names = "--key-env",
      paramLabel = "NAME",
      defaultValue = "OPENAI_API_KEY",
      description =
          "The environment variable that holds the endpoint's key, if it wants one; default"
              + " ${DEFAULT-VALUE}.")
  private String keyVariable;

  @Option(
      names = "--prompt",
      paramLabel = "TEMPLATE",
      defaultValue = "Q: {question}\nA: Let's think step by step.",
      description =
          "What the teacher is asked, with {question} in it; default the zero-shot chain of thought"
              + " of Kojima et al. 2022.")
  private String prompt;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "512",
      description = "Longest output; default ${DEFAULT-VALUE}.")
  private int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "Default ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--requests-per-minute",
      paramLabel = "N",
      defaultValue = "0",
      description = "Upper bound, evenly spaced; default none.")
  private int requestsPerMinute;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "4",
      description = "Questions asked at the same time; default ${DEFAULT-VALUE}.")
  private int atATime;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How often a question is asked again when the endpoint is busy or away; default"
              + " ${DEFAULT-VALUE}.")
  private int retries;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Longest wait for one output; default ${DEFAULT-VALUE}.")
  private int timeout;

  boolean given() {
    return endpoint != null;
  }

  String model() {
    return model;
  }

  Interview interview(CommandSpec command) throws BadInputException {
    OptionChecks.atLeast(command, "--max-tokens", maxTokens, 1);
    OptionChecks.atLeast(command, "--requests-per-minute", requestsPerMinute, 0);
    OptionChecks.atLeast(command, "--concurrency", atATime, 1);
    OptionChecks.atLeast(command, "--retries", retries, 0);
    OptionChecks.atLeast(command, "--timeout", timeout, 1);
    if (model == null) {
      throw new ParameterException(
          command.commandLine(), "--endpoint needs --model, the teacher's name there");
    }
    if (!prompt.contains("{question}")) {
      throw new ParameterException(command.commandLine(), "--prompt has no {question} in it");
    }
    if (!(temperature >= 0)) {
      throw new ParameterException(command.commandLine(), "--temperature must be >= 0");
    }
    ChatEndpoint teacher =
        new ChatEndpoint(
            new ChatEndpoint.Settings(
                address(),
                model,
                System.getenv(keyVariable),
                maxTokens,
                temperature,
                Duration.ofSeconds(timeout)));
    return new Interview(
        new PatientTeacher(teacher, retries, FIRST_WAIT, requestsPerMinute), prompt, atATime);
  }

  private URI address() throws BadInputException {
    try {
      URI address = new URI(endpoint);
      boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (http && address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      throw new BadInputException("--endpoint " + endpoint + ": " + e.getReason(), e);
    }
    throw new BadInputException(
        "--endpoint " + endpoint + ": is no http or https address, such as http://HOST:PORT/v1");
  }
}
