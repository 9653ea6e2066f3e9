package dev.floe.worker.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.job.Task;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Odd texts, and what the paper's reference code makes of them. */
class AnswerRuleTest {

  private static Task task(String name) {
    return Task.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @ParameterizedTest(name = "{0} {1}: {2} {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "gsm8k | 576.0 | So he needs 24 * 24 = 576 tiles. The answer is 576. | true",
        "gsm8k | 576.0 | He needs 577 tiles. | false",
        "gsm8k | 1200 | She pays $1,200 | true",
        "gsm8k | 1,200 | She pays 1200 dollars | true",
        "gsm8k | 1200 | She pays 1 200 dollars | false",
        "svamp | -3 | The temperature is -3 degrees | true",
        "svamp | 3 | The temperature is -3 degrees | false",
        "svamp | 7 | from 12-7 | false",
        "svamp | -7 | from 12-7 | true",
        "multiarith | 6 | 6. | true",
        "multiarith | 6 | 6.0009 | true",
        "multiarith | 6 | 6.002 | false",
        "addsub | 0.5 | It is .5 | false",
        "addsub | 0.5 | It is 0.5 | true",
        "singleeq | 12 | 12 apples in 3 bags | false",
        "singleeq | 3 | 12 apples in 3 bags | true",
        "mawps | 1.8333333333333335 | about 1.833 inches | true",
        "mawps | 4 | no idea | false",
        "mawps | 4 | '' | false",
        "aqua | D | The answer is (D). | true",
        "aqua | D | D | true",
        "aqua | A | Answer: B | true",
        "aqua | B | Answer: B | false",
        "aqua | C | both C and D | true",
        "aqua | E | an e, small | false",
        "aqua | B | no letter here | false",
        "boolq | true | the correct answer is true | true",
        "boolq | false | it is not true but false | false",
        "boolq | true | untrue | true",
        "boolq | true | True | false",
        "piqa | solution2 | the correct answer is solution2 and so on | true",
        "piqa | solution1 | solution 1 | false",
        "siqa | answer3 | the correct answer is answer3 | true",
        "siqa | answer3 | answer1 or answer3 | false",
        "hellaswag | ending4 | ending4 | true",
        "hellaswag | ending1 | ending5 | false",
        "winogrande | option2 | the correct answer is option2, not option1 | true",
        "arc-e | answer5 | answer5 | true",
        "arc-c | answer1 | answer12 | true",
        "obqa | answer4 | '' | false",
      })
  void answer_isReadAsTheReferenceCodeReadsIt(
      String task, String gold, String generated, boolean right) {
    assertThat(AnswerRule.of(task(task)).answer(gold).isGivenBy(generated)).isEqualTo(right);
  }

  @ParameterizedTest
  @CsvSource({"gsm8k, ten", "aqua, F", "aqua, a", "boolq, yes", "piqa, solution3", "siqa, 1"})
  void goldAnswerOfAnotherKind_isRefused(String task, String gold) {
    assertThatThrownBy(() -> AnswerRule.of(task(task)).answer(gold))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "gsm8k.json, gsm8k",
    "gsm8k_test.jsonl, gsm8k",
    "SVAMP.json, svamp",
    "MultiArith.json, multiarith",
    "AddSub.json, addsub",
    "SingleEq.json, singleeq",
    "mawps.json, mawps",
    "AQuA.json, aqua",
    "boolq.json, boolq",
    "piqa.json, piqa",
    "social_i_qa.json, siqa",
    "hellaswag.json, hellaswag",
    "winogrande.json, winogrande",
    "ARC-Easy.json, arc-e",
    "ARC-Challenge.json, arc-c",
    "openbookqa.json, obqa",
    "obqa-test.json, obqa",
  })
  void taskOfAFile_isTheOneOfItsName(String file, String task) {
    assertThat(TaskFiles.task(Path.of("some/where", file))).contains(task(task));
  }

  @ParameterizedTest
  @CsvSource({"word-problems-test.json", "test.json", "gsm.json", "my-gsm8k.json"})
  void fileOfAnotherName_hasNoTask(String file) {
    assertThat(TaskFiles.task(Path.of(file))).isEmpty();
  }
}
