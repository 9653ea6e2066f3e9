package dev.floe.cli.quickstart;

import java.util.SplittableRandom;

/**
 * Two numbers from 10 to 49 as a sum ({@code a + b}) or as the difference that undoes it ({@code (a
 * + b) - b}).
 */
record Numbers(int first, boolean isGain, int second, int result) {
  private static final int LEAST = 10;
  private static final int MOST = 49;

  static Numbers any(SplittableRandom random) {
    return of(random, random.nextInt(LEAST, MOST + 1), random.nextInt(LEAST, MOST + 1));
  }

  /**
   * Numbers of one split. The two numbers of a test question stand together in no training row,
   * neither in its question nor in its answer.
   */
  static Numbers ofSplit(SplittableRandom random, boolean test) {
    while (true) {
      Numbers numbers = any(random);
      if (test ? numbers.isOfTestQuestion() : !numbers.showsTestPair()) {
        return numbers;
      }
    }
  }

  private boolean isOfTestQuestion() {
    return isTestPair(first, second);
  }

  private boolean showsTestPair() {
    return isTestPair(first, second) || isTestPair(first, result) || isTestPair(second, result);
  }

  /** About one pair in ten, the same in either order, scattered over all numbers. */
  static boolean isTestPair(int a, int b) {
    int mixed = (Math.min(a, b) * 73_856_093) ^ (Math.max(a, b) * 19_349_663);
    return Math.floorMod(mixed >> 3, 10) == 0;
  }

  private static Numbers of(SplittableRandom random, int a, int b) {
    return random.nextBoolean() ? new Numbers(a, true, b, a + b) : new Numbers(a + b, false, b, a);
  }

  /** Such as {@code 12 + 30 = 42}. */
  String working() {
    return first + (isGain ? " + " : " - ") + second + " = " + result;
  }
}
