package dev.floe.sweeps.file;

import dev.floe.sweeps.check.Problem;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.file.Node.Entry;
import dev.floe.sweeps.file.Node.Mapping;
import dev.floe.sweeps.file.Node.Scalar;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One job: a sweep file with scalars only, and optionally {@code adapter.initial}, the directory of
 * an adapter to start from. With it the section may leave out everything else; the directory then
 * says what the adapter is.
 *
 * @param spec the sweep of this one job
 * @param initial absolute path of the adapter to start from; null for a fresh one
 * @param adapterGiven whether the file says what the adapter is; otherwise {@code spec.adapter()}
 *     means nothing
 */
public record JobFile(SweepSpec spec, String initial, boolean adapterGiven) {
  private static final String ADAPTER = "adapter";
  private static final String INITIAL = "initial";
  private static final String TYPE = "type";

  /**
   * Reads and checks a job file. Whether the paths in it exist is not looked at.
   *
   * @throws SweepFileException with every problem that the file has
   */
  public static JobFile read(Path file, Settings settings) throws SweepFileException {
    Problems problems = new Problems(file.toString());
    Node root = SweepFile.root(file, settings, problems);
    String initial = initial(file, root, problems);
    boolean given = true;
    if (initial != null) {
      Map<String, Entry> adapter = adapter(root);
      adapter.remove(INITIAL);
      given = !adapter.isEmpty();
      if (!given) {
        Scalar any = new Scalar(AdapterType.FULL.key(), Settings.NO_LINE);
        adapter.put(TYPE, new Entry(any, Settings.NO_LINE));
      }
      root = withAdapter((Mapping) root, adapter);
    }
    SweepSpec spec = SweepFile.sweep(file, root, problems);
    long jobs = Expansion.jobs(spec);
    if (jobs > 1) {
      String what = "describes %,d jobs; give scalars instead of lists, or use floe run";
      throw new SweepFileException(List.of(new Problem(file.toString(), what.formatted(jobs))));
    }
    return new JobFile(spec, initial, given);
  }

  private static String initial(Path file, Node root, Problems problems) {
    Entry entry = adapter(root).get(INITIAL);
    if (entry == null) {
      return null;
    }
    try {
      return SweepFile.absolute(file, entry.value());
    } catch (Unfit unfit) {
      problems.add(ADAPTER + "." + INITIAL, entry.line(), unfit.getMessage());
      return null;
    }
  }

  /** The section's entries, free to change; none when it is missing or no map. */
  private static Map<String, Entry> adapter(Node root) {
    if (root instanceof Mapping map
        && map.entries().containsKey(ADAPTER)
        && map.entries().get(ADAPTER).value() instanceof Mapping section) {
      return new LinkedHashMap<>(section.entries());
    }
    return new LinkedHashMap<>();
  }

  private static Node withAdapter(Mapping root, Map<String, Entry> adapter) {
    Entry old = root.entries().get(ADAPTER);
    Map<String, Entry> entries = new LinkedHashMap<>(root.entries());
    entries.put(ADAPTER, new Entry(new Mapping(adapter, old.value().line()), old.line()));
    return new Mapping(entries, root.line());
  }
}
