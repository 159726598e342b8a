package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;

/** The library itself: its version and its limits. */
public final class Memtier {
  /** The longest id, in bytes of UTF-8. */
  public static final int MAX_ID_BYTES = NativeConstants.MEMTIER_MAX_ID_BYTES;
  /** The longest type, content type, tag and name of a scope, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = NativeConstants.MEMTIER_MAX_NAME_BYTES;
  /** The most tags of one item. */
  public static final int MAX_TAGS = NativeConstants.MEMTIER_MAX_TAGS;
  /** The longest metadata of one item. */
  public static final int MAX_METADATA_BYTES = NativeConstants.MEMTIER_MAX_METADATA_BYTES;
  /** The largest content of one item. */
  public static final int MAX_CONTENT_BYTES = NativeConstants.MEMTIER_MAX_CONTENT_BYTES;
  /** The most items in one call. */
  public static final int MAX_BATCH = NativeConstants.MEMTIER_MAX_BATCH;
  /** The most queries in one call. */
  public static final int MAX_QUERIES = NativeConstants.MEMTIER_MAX_QUERIES;
  /** The most indexes of each kind. */
  public static final int MAX_INDEXES = NativeConstants.MEMTIER_MAX_INDEXES;
  /** The most policies of each kind, and archive rules. */
  public static final int MAX_POLICIES = NativeConstants.MEMTIER_MAX_POLICIES;

  /** Items in one call of {@link Feedbacks#add}. */
  public static final int MAX_FEEDBACK = NativeConstants.MEMTIER_MAX_FEEDBACK;

  /** Vector spaces in a store. */
  public static final int MAX_SPACES = NativeConstants.MEMTIER_MAX_SPACES;

  /** Least components of a vector. */
  public static final int MIN_DIMENSION = NativeConstants.MEMTIER_MIN_DIMENSION;

  /** Most components of a vector. */
  public static final int MAX_DIMENSION = NativeConstants.MEMTIER_MAX_DIMENSION;
  /** Bytes of a path that has an index. */
  public static final int MAX_PATH_BYTES = NativeConstants.MEMTIER_MAX_PATH_BYTES;
  /** The most keys of an item, from a {@link KeyExtractor}. */
  public static final int MAX_KEYS = NativeConstants.MEMTIER_MAX_KEYS;
  /** Bytes of such a key. */
  public static final int MAX_KEY_BYTES = NativeConstants.MEMTIER_MAX_KEY_BYTES;
  /** The most tiers of a ladder. */
  public static final int MAX_TIERS = NativeConstants.MEMTIER_MAX_TIERS;

  private Memtier() {}

  /**
   * A version by its parts.
   *
   * @param major changes when programs must change
   * @param minor grows with functions
   * @param patch grows with repairs
   */
  public record Version(int major, int minor, int patch) {
    @Override
    public String toString() {
      return major + "." + minor + "." + patch;
    }
  }

  /** {@return the version of the native library that is loaded} */
  public static Version version() {
    return new Version(Native.versionMajor(), Native.versionMinor(), Native.versionPatch());
  }

  /** {@return the version of the native library that this package was made for, or a later one} */
  public static Version requiredVersion() {
    return new Version(
        NativeConstants.MEMTIER_VERSION_MAJOR,
        NativeConstants.MEMTIER_VERSION_MINOR,
        NativeConstants.MEMTIER_VERSION_PATCH);
  }

  /** {@return what was built in, as a JSON object: versions of libraries, compiler, file format} */
  public static String versionDetails() {
    return Utf8.decode(Native.versionDetails());
  }
}
