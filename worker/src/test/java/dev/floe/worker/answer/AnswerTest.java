package dev.floe.worker.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.InvalidJobException;
import dev.floe.worker.data.Row;
import dev.floe.worker.data.RowFile;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The answer is 42.           | 42",
        "42                          | 42",
        "12 + 7 = 19, so 19 it is    | 19",
        "It costs $1,234.50          | 1234.5",
        "1,234.5                     | 1234.5",
        "1,234,567                   | 1234567",
        "a list: 1, 2, 3             | 3",
        "no space: 1,2,3             | 123",
        "The answer is -3.           | -3",
        "from 10 to -2.75 degrees    | -2.75",
        "5-3                         | -3",
        "7.                          | 7",
        ".5                          | 5",
        "0.001                       | 0.001",
        "1.2.3                       | 3",
        "50% of 8                    | 8",
        "3/4                         | 4",
        "2e3                         | 3",
        "x42y                        | 42",
        "The answer is 42.\\n\\nA: 7  | 7",
        "007                         | 7",
      })
  void lastNumber_isThePapers(String text, double expected) {
    assertThat(AnswerExtractor.lastNumber(text)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "no number", "-", ".", ",", "forty-two", "- .,"})
  void textWithoutANumber_givesNone(String text) {
    assertThat(AnswerExtractor.lastNumber(text)).isEqualTo(OptionalDouble.empty());
    assertThat(Answer.of("0").isGivenBy(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42.0    | The answer is 42.     | true",
        "42      | The answer is 42.0009 | true",
        "42      | The answer is 42.002  | false",
        "42      | 41.9991               | true",
        "1,234.5 | 1234.5                | true",
        "-5      | The answer is 5       | false",
        "-5      | The answer is -5      | true",
        "+5      | 5                     | true",
        ".5      | 0.5                   | true",
        "1e3     | 1,000                 | true",
        "0       | -0                    | true",
        "42      | 42, no wait, 43       | false",
        "1.8333333333333335 | 1.833      | true",
        "4       | 99999999999999999999999999999999 | false",
      })
  void number_isGivenWithinTheTolerance(String gold, String generated, boolean correct) {
    Answer answer = Answer.of(gold);
    assertThat(answer).isInstanceOf(Answer.Numeric.class);
    assertThat(answer.isGivenBy(generated)).isEqualTo(correct);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "B       | The answer is B.                | true",
        "B       | The answer is (b)               | true",
        "B       | The answer is AB                | false",
        "B       | B is tempting, but the answer is C | false",
        "true    | the correct answer is true      | true",
        "true    | the correct answer is untrue    | false",
        "answer2 | the correct answer is answer2\\n | true",
        "answer2 | the correct answer is answer1   | false",
        "New York | it was new york!               | true",
        "x-1     | 1                               | false",
        "B       | ''                              | false",
      })
  void label_isGivenAtTheEndAsWholeWords(String gold, String generated, boolean correct) {
    Answer answer = Answer.of(gold);
    assertThat(answer).isInstanceOf(Answer.Label.class);
    assertThat(answer.isGivenBy(generated.replace("\\n", "\n"))).isEqualTo(correct);
  }

  @Test
  void longText_isReadInAnInstant() {
    String text = "-".repeat(1_000_000) + "1".repeat(1_000_000) + ".".repeat(1_000_000);
    assertThat(AnswerExtractor.lastNumber(text)).hasValue(Double.NEGATIVE_INFINITY);
    assertThat(Answer.of("B").isGivenBy(text)).isFalse();
  }

  @Test
  void goldAnswers_areThoseOfTheRows() {
    RowFile file =
        new RowFile(
            Path.of("test.json"),
            List.of(
                new Row.Instruction("a", "", null, "4.0"),
                new Row.TokenIds(new int[] {1}, null, "true")));
    assertThat(GoldAnswers.of(file, null))
        .containsExactly(new Answer.Numeric(4), new Answer.Label("true"));
  }

  @Test
  void fileWithoutAnyAnswer_isToBeGeneratedAlone() {
    RowFile file =
        new RowFile(
            Path.of("gsm8k.json"),
            List.of(
                new Row.TokenIds(new int[] {1}, null, null),
                new Row.Instruction("a", "", null, null)));
    assertThat(GoldAnswers.of(file, null)).containsExactly(null, null);
  }

  @Test
  void rowWithoutAnswerAmongOthers_isRefused() {
    RowFile file =
        new RowFile(
            Path.of("test.json"),
            List.of(new Row.Instruction("a", "", null, "4"), new Row.Document("text")));
    assertThatThrownBy(() -> GoldAnswers.of(file, null))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage("test.json: row 2 has no \"answer\", which evaluation compares with");
  }
}
