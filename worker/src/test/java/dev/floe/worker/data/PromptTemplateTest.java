package dev.floe.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.InvalidJobException;
import org.junit.jupiter.api.Test;

class PromptTemplateTest {
  @Test
  void alpacaWithoutInput_isThePapersText() {
    assertThat(PromptTemplate.of("alpaca").render("Add 1 and 2.", ""))
        .isEqualTo(
            "Below is an instruction that describes a task. Write a response that appropriately "
                + "completes the request.\n\n### Instruction:\nAdd 1 and 2.\n\n### Response:\n");
  }

  @Test
  void alpacaWithInput_isThePapersText() {
    assertThat(PromptTemplate.of("alpaca").render("Add.", "1, 2"))
        .isEqualTo(
            "Below is an instruction that describes a task, paired with an input that provides "
                + "further context. Write a response that appropriately completes the request.\n\n"
                + "### Instruction:\nAdd.\n\n### Input:\n1, 2\n\n### Response:\n");
  }

  @Test
  void none_isTheInstructionItself() {
    PromptTemplate none = PromptTemplate.of("none");
    assertThat(none.render("Add.", "")).isEqualTo("Add.");
    assertThat(none.render("Add.", "1, 2")).isEqualTo("Add.\n1, 2");
  }

  @Test
  void customText_isFilled() {
    PromptTemplate custom = PromptTemplate.of("Q: {instruction} ({input}) {other} A:");
    assertThat(custom.render("why?", "now")).isEqualTo("Q: why? (now) {other} A:");
    assertThat(custom.render("why?", "")).isEqualTo("Q: why? () {other} A:");
  }

  @Test
  void placesAndDollarsInTheRow_areLeftAlone() {
    assertThat(PromptTemplate.of("{instruction}/{input}").render("{input} $1 \\", "{instruction}"))
        .isEqualTo("{input} $1 \\/{instruction}");
  }

  @Test
  void inputWithoutAPlace_isRefused() {
    PromptTemplate custom = PromptTemplate.of("Q: {instruction}");
    assertThat(custom.render("a", "")).isEqualTo("Q: a");
    assertThatThrownBy(() -> custom.render("a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no place {input}");
  }

  @Test
  void unknownName_isRefusedListingTheNames() {
    assertThatThrownBy(() -> PromptTemplate.of("alpca"))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("data.prompt \"alpca\"")
        .hasMessageContaining("alpaca, none");
  }
}
