package dev.floe.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Where logs go: nowhere until a command has checked its input and opens its file, since bad input
 * leaves nothing behind; and never to the terminal.
 */
public final class LogFile {
  private static final String PATTERN = "%d{ISO8601} %-5level [%thread] %logger{36} - %msg%n";

  private static Path opened;

  private LogFile() {}

  /** Sends all that is logged from now on to the end of {@code file}. */
  public static synchronized void open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    start(context, appender);
    if (!appender.isStarted()) {
      throw new IOException(file + ": the log cannot be written");
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAppender("file");
    root.addAppender(appender);
    opened = file;
  }

  /** Sends all that is logged from now on to standard error, which whoever started us keeps. */
  public static synchronized void toStandardError() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    start(context, appender);
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  private static void start(LoggerContext context, OutputStreamAppender<ILoggingEvent> appender) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    appender.setContext(context);
    appender.setName("file");
    appender.setEncoder(encoder);
    appender.start();
  }

  /** What an error line says about the log: where it is, if there is one. */
  static synchronized String hint() {
    return opened == null ? "" : "; details are in " + opened;
  }
}
