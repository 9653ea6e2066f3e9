package dev.floe.sweeps.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.report.JobReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole text of each form in which results are shown. */
class ResultTextTest {
  @Test
  void table_showsTheBackboneFirstAndMarksTheBest() {
    assertThat(ResultTable.render(SampleResults.sweep()))
        .isEqualTo(
            """
            type             placement      rank  trainable  final loss  test %   seconds  tok/s  state
            ───────────────  ─────────────  ────  ─────────  ──────────  ───────  ───────  ─────  ────────
            frozen backbone  –                 –          0           –     1.0         –      –  –
            lora             mlp               4     12,288      0.4313    45.5      12.3  4,012  done
            lora             q_proj,v_proj     4      4,096      0.4313    63.0*     12.3  4,012  done
            series           mlp              16  1,000,000           –       –       1.5      –  diverged
            full             –                 –          –           –       –         –      –  failed
            * best accuracy
            """);
  }

  @Test
  void whatWasCutOff_isToldWithTheMostThatAnyJobLost() {
    SweepResults results =
        new SweepResults(
            "s",
            "i",
            "b",
            new SweepResults.Baseline(
                Map.of("gsm8k.truncated_prompts", 2.0, "gsm8k.accuracy", 0.5)),
            List.of(
                JobResult.reported(0, Map.of(), 1, cut(3)),
                JobResult.reported(1, Map.of(), 1, cut(5))));
    assertThat(Truncation.sentences(results))
        .containsExactly(
            "prompts of gsm8k whose beginning was left out, as the context has no room for it: 5",
            "training rows that lost labelled tokens to data.cutoff: 7");
    assertThat(ReportMarkdown.render(results))
        .endsWith(
            "## What was cut off\n\n"
                + "- prompts of gsm8k whose beginning was left out,"
                + " as the context has no room for it: 5\n"
                + "- training rows that lost labelled tokens to data.cutoff: 7\n");
    assertThat(Truncation.sentences(SampleResults.sweep())).isEmpty();
  }

  private static JobReport cut(double prompts) {
    Map<String, Double> metrics =
        Map.of("gsm8k.truncated_prompts", prompts, "train.rows_cut_off", 7.0);
    return new JobReport(JobReport.Outcome.DONE, 1, List.of(), metrics, 1, 1, null);
  }

  @Test
  void table_hasAColumnForWhatVaries() {
    SweepResults results =
        new SweepResults(
            "s",
            "i",
            "b",
            null,
            List.of(
                job(0, Map.of("train.learning-rate", 3e-4)),
                job(1, Map.of("train.learning-rate", 0.001))));
    assertThat(ResultTable.render(results)).startsWith("type             learning-rate  trainable");
  }

  private static JobResult job(int index, Map<String, Object> more) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("adapter.type", "full");
    parameters.putAll(more);
    return JobResult.unfinished(index, parameters, JobState.PENDING, 0);
  }

  @Test
  void table_cutsALongModuleList() {
    Map<String, Object> parameters = SampleResults.parameters("lora", "module,".repeat(9), 4);
    SweepResults results =
        new SweepResults(
            "s", "i", "b", null, List.of(JobResult.unfinished(0, parameters, JobState.RUNNING, 1)));
    assertThat(ResultTable.render(results)).contains("  module,module,module,module,mod…  ");
  }

  @Test
  void equallyGoodJobs_firstIsTheBest() {
    SweepResults all = SampleResults.sweep();
    JobResult second = all.jobs().get(1);
    SweepResults twice =
        new SweepResults(
            "s",
            "i",
            "b",
            null,
            List.of(second, JobResult.unfinished(2, Map.of(), JobState.RUNNING, 1), second));
    assertThat(Best.job(twice, SampleResults.ACCURACY)).containsSame(twice.jobs().get(0));
  }

  @Test
  void csv_hasARowForEachJob() {
    assertThat(ResultsCsv.render(SampleResults.sweep()))
        .isEqualTo(
            """
            job,adapter.type,adapter.placement,adapter.rank,seed,state,attempts,trainable_parameters,final_loss,test.accuracy,seconds,tokens_per_second,adapter,best_step,best_validation_loss,training_flops,peak_memory_bytes,adapter_bytes,seconds_per_token,frozen_seconds_per_token
            0,lora,mlp,4,0,done,1,12288,0.43125,0.455,12.34,4012.4,/runs/one/adapters/12288,,,,,,,
            1,lora,"q_proj,v_proj",4,0,done,2,4096,0.43125,0.63,12.34,4012.4,/runs/one/adapters/4096,,,,,,,
            2,series,mlp,16,0,diverged,1,1000000,,,1.5,,,,,,,,,
            3,full,,,0,failed,3,,,,,,,,,,,,,
            """);
  }

  @Test
  void csv_quotesWhatNeedsIt() {
    SweepResults results =
        new SweepResults(
            "s",
            "i",
            "b",
            null,
            List.of(JobResult.unfinished(0, Map.of("x", "a \"b\"\nc"), JobState.PENDING, 0)));
    assertThat(ResultsCsv.render(results)).contains("0,\"a \"\"b\"\"\nc\",pending,0,,,,,,,,,,,,\n");
  }

  @Test
  void report_tellsWhatRanAndWhatCameOfIt() {
    assertThat(ReportMarkdown.render(SampleResults.sweep()))
        .isEqualTo(
            """
            # Sweep quickstart

            - id: `0123abcd`
            - backbone: `/models/tiny`
            - jobs: 4 (2 done, 1 failed, 1 diverged)
            - adapter.type: `lora`, `series`, `full`
            - adapter.placement: `mlp`, `q_proj,v_proj`
            - adapter.rank: `4`, `16`
            - seed: `0`

            ## Results

            | type | placement | rank | trainable | final loss | test % | seconds | tok/s | state |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
            | frozen backbone | – | – | 0 | – | 1.0 | – | – | – |
            | lora | mlp | 4 | 12,288 | 0.4313 | 45.5 | 12.3 | 4,012 | done |
            | lora | q_proj,v_proj | 4 | 4,096 | 0.4313 | **63.0** | 12.3 | 4,012 | done |
            | series | mlp | 16 | 1,000,000 | – | – | 1.5 | – | diverged |
            | full | – | – | – | – | – | – | – | failed |

            ## Best on test

            Job 1 (type lora, placement q_proj,v_proj, rank 4, seed 0): 63.0 % right; the frozen backbone: 1.0 %.

            Its adapter: `/runs/one/adapters/4096`

            ## Accuracy on test in %, by type × placement × rank

            | type | placement | rank | mean | lowest | highest | jobs |
            | --- | --- | --- | ---: | ---: | ---: | ---: |
            | lora | mlp | 4 | 45.5 | 45.5 | 45.5 | 1 |
            | lora | q_proj,v_proj | 4 | 63.0 | 63.0 | 63.0 | 1 |

            ## Accuracy on test in %, by type

            | type | mean | lowest | highest | jobs |
            | --- | ---: | ---: | ---: | ---: |
            | lora | 54.3 | 45.5 | 63.0 | 2 |

            ## Accuracy on test in %, by placement

            | placement | mean | lowest | highest | jobs |
            | --- | ---: | ---: | ---: | ---: |
            | mlp | 45.5 | 45.5 | 45.5 | 1 |
            | q_proj,v_proj | 63.0 | 63.0 | 63.0 | 1 |

            ## Accuracy on test in %, by rank

            | rank | mean | lowest | highest | jobs |
            | --- | ---: | ---: | ---: | ---: |
            | 4 | 54.3 | 45.5 | 63.0 | 2 |

            ## Jobs without a result

            - job 3, failed: no memory: use a smaller micro-batch
            """);
  }

  @Test
  void files_standInTheSweepsDirectory(@TempDir Path directory) throws IOException {
    ResultFiles.write(directory, SampleResults.sweep());
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("results.json", "results.csv", "report.md");
    }
    assertThat(directory.resolve("report.md")).content().startsWith("# Sweep quickstart\n");
  }
}
