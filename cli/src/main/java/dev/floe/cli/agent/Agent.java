package dev.floe.cli.agent;

import dev.floe.cli.BadInputException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Runs the supervisors of a node's devices until all devices are drained or none can work. */
final class Agent {
  private final List<DeviceSupervisor> supervisors;
  private final int graceSeconds;
  private final Consumer<String> say;

  Agent(List<DeviceSupervisor> supervisors, int graceSeconds, Consumer<String> say) {
    this.supervisors = supervisors;
    this.graceSeconds = graceSeconds;
    this.say = say;
  }

  /**
   * Returns when there is no process left, and none to be started.
   *
   * @throws BadInputException when a first process could not join
   */
  int run() throws BadInputException, InterruptedException, ExecutionException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "floe-agent-end"));
    supervisors.forEach(DeviceSupervisor::start);
    for (DeviceSupervisor supervisor : supervisors) {
      DeviceSupervisor.Outcome outcome = supervisor.over().get();
      if (outcome.exitCode() == DeviceExit.NOBODY_THERE
          || outcome.exitCode() == DeviceExit.REFUSED) {
        supervisors.forEach(DeviceSupervisor::kill);
        throw new BadInputException("--join: " + reason(outcome));
      }
    }
    return 0;
  }

  private static String reason(DeviceSupervisor.Outcome outcome) {
    return outcome.lastLines().stream()
        .filter(line -> line.startsWith("floe: "))
        .reduce((before, last) -> last)
        .map(line -> line.substring("floe: ".length()))
        .orElse(outcome.device().name() + " could not start; its log says why");
  }

  /** SIGTERM or Ctrl-C: running jobs are checkpointed and handed back. */
  private void onSignal() {
    supervisors.forEach(DeviceSupervisor::drain);
    CompletableFuture<?>[] all =
        supervisors.stream().map(DeviceSupervisor::over).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(all).get(graceSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      say.accept("not drained within " + graceSeconds + " s: what still runs is ended");
    } catch (ExecutionException e) {
      say.accept("could not be drained: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    supervisors.forEach(DeviceSupervisor::kill);
  }
}
