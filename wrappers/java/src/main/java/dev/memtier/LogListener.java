package dev.memtier;

/**
 * Receives the store's log, from any thread and from the store's own. Whatever it throws is
 * ignored.
 */
@FunctionalInterface
public interface LogListener {
  /**
   * Receives one line.
   *
   * @param level how important it is
   * @param message the line
   */
  void log(LogLevel level, String message);

  /**
   * Passes the lines on.
   *
   * @param logger receives them, at the level of the same name
   * @return the listener
   */
  static LogListener to(System.Logger logger) {
    return (level, message) -> logger.log(System.Logger.Level.valueOf(level.name()), message);
  }
}
