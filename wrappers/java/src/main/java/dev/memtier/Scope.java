package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.util.Objects;
import java.util.Optional;

/**
 * Whose memory it is: up to four owners' names and a collection. A call sees only what its scope
 * allows: each name that the scope gives must be the item's; a name that it does not give may be
 * anything. So a scope with a user alone sees all of that user's sessions, and no other user's. An
 * item is filed under exactly the names of its scope.
 *
 * <p>Immutable, a value; one that is used again and again is best kept, since it holds a prepared
 * form.
 */
public final class Scope {
  /** The default collection, any names. */
  public static final Scope DEFAULT = new Scope("", "", "", "", "");
  /** All collections, any names: for reading, export and clearing. */
  public static final Scope EVERYTHING = ofCollection("*");

  private final String app;
  private final String user;
  private final String agent;
  private final String session;
  private final String collection;
  private volatile long handle;

  Scope(String app, String user, String agent, String session, String collection) {
    this.app = Objects.requireNonNull(app, "app");
    this.user = Objects.requireNonNull(user, "user");
    this.agent = Objects.requireNonNull(agent, "agent");
    this.session = Objects.requireNonNull(session, "session");
    this.collection = Objects.requireNonNull(collection, "collection");
  }

  /**
   * Makes a scope of one user.
   *
   * @param user 1 to 256 bytes
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public static Scope ofUser(String user) {
    return DEFAULT.withUser(user);
  }

  /**
   * Makes a scope of one collection.
   *
   * @param collection 1 to 256 bytes; {@code "*"} for all of them
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public static Scope ofCollection(String collection) {
    return DEFAULT.withCollection(collection);
  }

  /**
   * This scope with another app.
   *
   * @param app 1 to 256 bytes
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public Scope withApp(String app) {
    return new Scope(named("app", app), user, agent, session, collection);
  }

  /**
   * This scope with another user.
   *
   * @param user 1 to 256 bytes
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public Scope withUser(String user) {
    return new Scope(app, named("user", user), agent, session, collection);
  }

  /**
   * This scope with another agent.
   *
   * @param agent 1 to 256 bytes
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public Scope withAgent(String agent) {
    return new Scope(app, user, named("agent", agent), session, collection);
  }

  /**
   * This scope with another session.
   *
   * @param session 1 to 256 bytes
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public Scope withSession(String session) {
    return new Scope(app, user, agent, named("session", session), collection);
  }

  /**
   * This scope with another collection.
   *
   * @param collection 1 to 256 bytes; {@code "*"} for all of them
   * @return the scope
   * @throws IllegalArgumentException if the name is empty
   */
  public Scope withCollection(String collection) {
    return new Scope(app, user, agent, session, named("collection", collection));
  }

  /** {@return the app, if it is given} */
  public Optional<String> app() {
    return given(app);
  }

  /** {@return the user, if it is given} */
  public Optional<String> user() {
    return given(user);
  }

  /** {@return the agent, if it is given} */
  public Optional<String> agent() {
    return given(agent);
  }

  /** {@return the session, if it is given} */
  public Optional<String> session() {
    return given(session);
  }

  /** {@return the collection, if it is given; else it is the one named "default"} */
  public Optional<String> collection() {
    return given(collection);
  }

  // A name that is not meant is left out; one empty by mistake must not open the scope to all.
  private static String named(String part, String name) {
    if (Objects.requireNonNull(name, part).isEmpty()) {
      throw new IllegalArgumentException(part + " is empty; leave it out where no name is meant");
    }
    return name;
  }

  private static Optional<String> given(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  /** In the order of an image's texts. */
  String[] names() {
    return new String[] {collection, app, user, agent, session};
  }

  boolean isDefault() {
    return app.isEmpty()
        && user.isEmpty()
        && agent.isEmpty()
        && session.isEmpty()
        && collection.isEmpty();
  }

  /** What C knows it by; 0 for {@link #DEFAULT}. Keep this object reachable during the call. */
  long handle() {
    long known = handle;
    return known != 0 || this == DEFAULT ? known : makeHandle();
  }

  private synchronized long makeHandle() {
    if (handle != 0 || isDefault()) {
      return handle;
    }
    Call call = new Call();
    call.check(Native.scopeCreate(call.out, call.error));
    long made = call.out[0];
    try {
      set(made, NativeConstants.MEMTIER_SCOPE_APP, app);
      set(made, NativeConstants.MEMTIER_SCOPE_USER, user);
      set(made, NativeConstants.MEMTIER_SCOPE_AGENT, agent);
      set(made, NativeConstants.MEMTIER_SCOPE_SESSION, session);
      set(made, NativeConstants.MEMTIER_SCOPE_COLLECTION, collection);
      Resources.track(this, made, Native::scopeDestroy);
    } catch (RuntimeException | Error failed) {
      Native.scopeDestroy(made);
      throw failed;
    }
    handle = made;
    return made;
  }

  private static void set(long scope, int part, String name) {
    if (!name.isEmpty()) {
      Call call = new Call();
      call.check(Native.scopeSet(scope, part, Utf8.encode(name), call.error));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scope scope
        && app.equals(scope.app)
        && user.equals(scope.user)
        && agent.equals(scope.agent)
        && session.equals(scope.session)
        && collection.equals(scope.collection);
  }

  @Override
  public int hashCode() {
    return Objects.hash(app, user, agent, session, collection);
  }

  @Override
  public String toString() {
    return "Scope[app=" + app + ", user=" + user + ", agent=" + agent + ", session=" + session
        + ", collection=" + collection + "]";
  }
}
