#include "interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>

#include "failure.h"

namespace memtier::tool {
namespace {

// Programs such as timeout send a signal twice, to the process and to its group.
constexpr std::chrono::milliseconds kPatience(500);

struct Watch {
  std::mutex mutex;
  memtier_cancel* token = nullptr;       // of the work under way; guarded by mutex
  std::array<int, 2> wake_pipe{-1, -1};  // readable for good once an interrupt came
  std::atomic<int> signal_number{0};
  std::atomic<bool> stopping{false};
  std::chrono::steady_clock::time_point first_time;  // used by the watching thread only
  sigset_t signals{};
  std::thread thread;
};

Watch& watch() {
  static Watch instance;
  return instance;
}

int exit_code_of_signal(int signal_number) {
  return signal_number == SIGTERM ? kTerminated : kInterrupted;
}

// A process that was started with a signal ignored, as by nohup, goes on ignoring it.
bool is_ignored(int signal_number) {
  struct sigaction action {};
  return sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void on_signal(int signal_number) {
  Watch& state = watch();
  const bool is_first = state.signal_number.exchange(signal_number) == 0;
  const auto now = std::chrono::steady_clock::now();
  if (is_first) state.first_time = now;
  if (!is_first && now - state.first_time < kPatience) return;
  const std::scoped_lock lock(state.mutex);
  // The store needs no farewell: what was acknowledged is safe, and nothing else is promised.
  if (!is_first || state.token == nullptr) _exit(exit_code_of_signal(signal_number));
  memtier_cancel_trip(state.token, nullptr);
  [[maybe_unused]] const ssize_t written = write(state.wake_pipe[1], "", 1);
}

void wait_for_signals() {
  Watch& state = watch();
  while (true) {
    int signal_number = 0;
    if (sigwait(&state.signals, &signal_number) != 0) return;
    if (state.stopping) return;
    on_signal(signal_number);
  }
}

}  // namespace

InterruptWatch::InterruptWatch() {
  Watch& state = watch();
  if (pipe(state.wake_pipe.data()) != 0) throw system_failure("pipe", errno);
  sigemptyset(&state.signals);
  for (const int signal_number : {SIGINT, SIGTERM}) {
    if (!is_ignored(signal_number)) sigaddset(&state.signals, signal_number);
  }
  sigaddset(&state.signals, SIGUSR2);  // how the thread is told to end
  pthread_sigmask(SIG_BLOCK, &state.signals, nullptr);
  state.thread = std::thread(wait_for_signals);
}

InterruptWatch::~InterruptWatch() {
  Watch& state = watch();
  state.stopping = true;
  pthread_kill(state.thread.native_handle(), SIGUSR2);
  state.thread.join();
  close(state.wake_pipe[0]);
  close(state.wake_pipe[1]);
}

Cancellable::Cancellable() {
  call(memtier_cancel_create, &token_);
  const std::scoped_lock lock(watch().mutex);
  watch().token = token_;
}

Cancellable::~Cancellable() {
  {
    const std::scoped_lock lock(watch().mutex);
    watch().token = nullptr;
  }
  memtier_cancel_destroy(token_);
}

bool interrupted() {
  return watch().signal_number != 0;
}

int interrupt_exit_code() {
  return exit_code_of_signal(watch().signal_number);
}

bool wait_readable(int descriptor) {
  std::array<pollfd, 2> ready{{{descriptor, POLLIN, 0}, {watch().wake_pipe[0], POLLIN, 0}}};
  while (poll(ready.data(), ready.size(), -1) < 0) {
    if (errno != EINTR) throw system_failure("poll", errno);
  }
  return ready[1].revents == 0;
}

}  // namespace memtier::tool
