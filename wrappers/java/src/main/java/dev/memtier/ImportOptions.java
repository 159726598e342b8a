package dev.memtier;

import java.util.Objects;

/** How to import. Immutable: each method gives another. */
public final class ImportOptions {
  /** Each line tells its format, the first bad one stops, and what is there is replaced. */
  public static final ImportOptions DEFAULT = new ImportOptions(Members.NONE);

  private final Members members;

  private ImportOptions(Members members) {
    this.members = members;
  }

  /**
   * A document from elsewhere.
   *
   * @param json a JSON object; it is checked when it is used
   * @return the options, which cannot be changed
   */
  public static ImportOptions parse(String json) {
    return new ImportOptions(Members.of(Objects.requireNonNull(json, "json")));
  }

  private ImportOptions with(String key, Object value) {
    return new ImportOptions(members.with(key, value));
  }

  /**
   * Takes only exported items.
   *
   * @return the options
   */
  public ImportOptions itemsOnly() {
    return with("format", "items");
  }

  /**
   * Takes only a conversation, one turn on each line.
   *
   * @return the options
   */
  public ImportOptions conversationOnly() {
    return with("format", "conversation");
  }

  /**
   * Counts bad lines and goes on.
   *
   * @return the options
   */
  public ImportOptions skipErrors() {
    return with("on_error", "skip");
  }

  /**
   * Leaves what is there as it is.
   *
   * @return the options
   */
  public ImportOptions createOnly() {
    return with("mode", "create");
  }

  /**
   * Puts all into one tier.
   *
   * @param tier a tier's name; default: the line's, or the first of the ladder
   * @return the options
   */
  public ImportOptions tier(String tier) {
    return with("tier", Objects.requireNonNull(tier, "tier"));
  }

  /** {@return the document} */
  public String toJson() {
    return members.json();
  }
}
