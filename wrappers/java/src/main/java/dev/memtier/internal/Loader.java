package dev.memtier.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Loads the native library: the installed one first ({@code java.library.path}), else the copy that the
 * jar carries under {@code native/<system>-<machine>/}.
 */
final class Loader {
  private static final String NAME = "memtier_java";

  private static volatile boolean fromJar;

  private Loader() {}

  static boolean isFromJar() {
    return fromJar;
  }

  static void load() {
    try {
      System.loadLibrary(NAME);
    } catch (UnsatisfiedLinkError notInstalled) {
      loadFromJar(notInstalled);
    }
    int major = NativeMethods.versionMajor();
    if (major != NativeConstants.MEMTIER_VERSION_MAJOR
        || NativeMethods.versionMinor() < NativeConstants.MEMTIER_VERSION_MINOR) {
      throw new UnsatisfiedLinkError(
          "memtier " + NativeConstants.MEMTIER_VERSION_MAJOR + "." + NativeConstants.MEMTIER_VERSION_MINOR
              + " is needed, " + major + "." + NativeMethods.versionMinor() + " was found");
    }
  }

  private static void loadFromJar(UnsatisfiedLinkError notInstalled) {
    String folder = "/native/" + system() + "-" + machine() + "/";
    Path copy = null;
    try {
      copy = Files.createTempDirectory("memtier");
      // The JNI library finds libmemtier beside itself ($ORIGIN).
      if (extract(folder, "libmemtier.so.1", copy) == null) {
        throw notInstalled;
      }
      System.load(extract(folder, System.mapLibraryName(NAME), copy).toString());
      fromJar = true;
    } catch (IOException failed) {
      notInstalled.addSuppressed(failed);
      throw notInstalled;
    } finally {
      remove(copy);
    }
  }

  private static Path extract(String folder, String name, Path target) throws IOException {
    try (InputStream in = Loader.class.getResourceAsStream(folder + name)) {
      if (in == null) {
        return null;
      }
      Path file = target.resolve(name);
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }

  /** A loaded library no longer needs its name. */
  private static void remove(Path folder) {
    if (folder == null) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException left) {
      folder.toFile().deleteOnExit();
    }
  }

  private static String system() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux") ? "linux" : "other";
  }

  private static String machine() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }
}
