package dev.memtier;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a tick of {@link Maintenance} did.
 *
 * @param next if its time was over: the job that comes first in the next tick
 * @param jobs what each job did, in their order
 */
public record Ticked(Optional<Job> next, List<Done> jobs) {
  /**
   * What a job did.
   *
   * @param job which
   * @param count how many items were moved, removed or changed
   * @param complete whether it had time enough
   * @param results of policies and archive rules: what each did
   * @param consolidated of a consolidation that was due: what it did
   */
  public record Done(
      Job job,
      long count,
      boolean complete,
      List<Applied> results,
      Optional<Consolidated> consolidated) {}

  /** {@return whether there was time for everything} */
  public boolean isComplete() {
    return next.isEmpty();
  }

  /** {@return how many items all jobs moved, removed or changed} */
  public long total() {
    return jobs.stream().mapToLong(Done::count).sum();
  }

  static Ticked parse(String json) {
    Map<?, ?> report = JsonReader.readObject(json);
    List<?> jobs = (List<?>) report.get("jobs");
    return new Ticked(
        Optional.ofNullable(report.get("next")).map(Job::of),
        jobs.stream().map(job -> done((Map<?, ?>) job)).toList());
  }

  private static Done done(Map<?, ?> job) {
    return new Done(
        Job.of(job.get("name")),
        ((Number) job.get("count")).longValue(),
        (Boolean) job.get("complete"),
        job.containsKey("results") ? Applied.of((List<?>) job.get("results")) : List.of(),
        Optional.ofNullable(job.get("report")).map(report -> Consolidated.of((Map<?, ?>) report)));
  }
}
