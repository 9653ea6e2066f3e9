package dev.floe.cli.rationales;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What a log gives for a list of questions: each question's first right output, or why there is
 * none.
 *
 * @param kept the rationales, in the questions' order
 * @param counts how many questions came to what; absent where none did
 * @param strangers lines of the log that belong to no question of the list
 */
record Selection(List<Rationale> kept, Map<Outcome, Integer> counts, int strangers) {
  Selection {
    kept = List.copyOf(kept);
    counts = Collections.unmodifiableMap(new EnumMap<>(counts));
  }

  /** A question and the output that answers it. */
  record Rationale(Question question, String output) {}

  /** Judges every line of the log. */
  static Selection of(List<Question> questions, TeacherLog log, Judge judge) {
    Map<Question, List<TeacherLine>> lines = new HashMap<>();
    int strangers = 0;
    Index index = new Index(questions);
    for (TeacherLine line : log.lines()) {
      List<Question> named = index.named(line);
      strangers += named.isEmpty() ? 1 : 0;
      named.forEach(question -> lines.computeIfAbsent(question, q -> new ArrayList<>()).add(line));
    }
    List<Rationale> kept = new ArrayList<>();
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    for (Question question : questions) {
      Outcome best = Outcome.NOT_ANSWERED;
      for (TeacherLine line : lines.getOrDefault(question, List.of())) {
        Outcome outcome = judge.judge(line, question.answer());
        if (outcome == Outcome.KEPT && best != Outcome.KEPT) {
          kept.add(new Rationale(question, line.output().strip()));
        }
        best = outcome.compareTo(best) > 0 ? outcome : best;
      }
      counts.merge(best, 1, Integer::sum);
    }
    return new Selection(kept, counts, strangers);
  }

  /** The questions that the log has no output for yet. */
  static List<Question> unanswered(List<Question> questions, TeacherLog log) {
    Index index = new Index(questions);
    List<Question> open = new ArrayList<>(questions);
    List<Question> answered = new ArrayList<>();
    log.lines().forEach(line -> answered.addAll(index.named(line)));
    open.removeAll(new HashSet<>(answered));
    return open;
  }

  /** Finds the questions that a line of a log is about. */
  private static final class Index {
    private final Map<Integer, Question> byId = new HashMap<>();
    private final Map<String, List<Question>> byText = new HashMap<>();

    Index(List<Question> questions) {
      for (Question question : questions) {
        byId.put(question.id(), question);
        byText.computeIfAbsent(question.text().strip(), text -> new ArrayList<>()).add(question);
      }
    }

    /** A line with both id and question must agree with the file, or it is of other data. */
    List<Question> named(TeacherLine line) {
      if (line.id() == 0) {
        return byText.getOrDefault(line.question().strip(), List.of());
      }
      Question question = byId.get(line.id());
      boolean known =
          question != null
              && (line.question() == null
                  || line.question().strip().equals(question.text().strip()));
      return known ? List.of(question) : List.of();
    }
  }
}
