package dev.floe.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommonPromptTest {

  @Test
  void beginning_endsWherePromptsDiffer() {
    int[] first = {1, 2, 3, 4, 5, 6, 7};
    assertThat(CommonPrompt.of(List.of(first, new int[] {1, 2, 3, 4, 5, 9})))
        .containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void everyPrompt_keepsATokenOfItsOwn() {
    int[] prompt = {1, 2, 3, 4, 5, 6};
    assertThat(CommonPrompt.of(List.of(prompt, prompt, new int[] {1, 2, 3, 4, 5, 6, 7})))
        .containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void nothingToGain_isNoBeginning() {
    int[] prompt = {1, 2, 3, 4, 5, 6};
    assertThat(CommonPrompt.of(List.of(prompt))).isEmpty();
    assertThat(CommonPrompt.of(List.of(prompt, new int[] {1, 2, 3, 9, 5, 6}))).isEmpty();
    assertThat(CommonPrompt.of(List.of(prompt, new int[] {8}))).isEmpty();
    assertThat(CommonPrompt.of(List.of())).isEmpty();
  }
}
