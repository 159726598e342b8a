#include "tools/tool_runner.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "base/temp_folder.h"

namespace memtier::testing {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": error " + std::to_string(errno));
}

// In the child: nothing here may depend on what the tester's own shell has set.
[[noreturn]] void execute(const Arguments& command, const Environment& environment) {
  for (const char* name : {"MEMTIER_STORE", "COLUMNS", "NO_COLOR"}) unsetenv(name);
  setenv("TERM", "xterm", 1);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

void redirect(int stream, const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file < 0 || dup2(file, stream) < 0) _exit(126);
}

void redirect_output(const std::string& folder) {
  redirect(STDOUT_FILENO, folder + "/out", O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, folder + "/err", O_WRONLY | O_CREAT | O_TRUNC);
}

int wait_for_end(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void write_fully(int descriptor, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) fail("write");
    if (count > 0) done += static_cast<size_t>(count);
  }
}

}  // namespace

Outcome run(const Arguments& command, const std::string& input, const Environment& environment,
            const std::string& folder) {
  write_file(folder + "/in", input);
  const pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    redirect(STDIN_FILENO, folder + "/in", O_RDONLY);
    redirect_output(folder);
    execute(command, environment);
  }
  const int exit_code = wait_for_end(pid);
  return {exit_code, read_file(folder + "/out"), read_file(folder + "/err")};
}

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

Process::Process(const Arguments& command, const Environment& environment, std::string folder)
    : folder_(std::move(folder)) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    if (dup2(ends[0], STDIN_FILENO) < 0) _exit(126);
    redirect_output(folder_);
    execute(command, environment);
  }
  close(ends[0]);
  input_ = ends[1];
}

Process::~Process() {
  if (pid_ < 0) return;
  close(input_);
  kill(pid_, SIGKILL);
  wait_for_end(pid_);
}

void Process::write(const std::string& text) const {
  write_fully(input_, text);
}

void Process::signal(int number) const {
  if (kill(pid_, number) != 0) fail("kill");
}

Outcome Process::finish() {
  // A program that was interrupted has to end without the end of its input.
  const int exit_code = wait_for_end(std::exchange(pid_, -1));
  close(input_);
  return {exit_code, read_file(folder_ + "/out"), read_file(folder_ + "/err")};
}

Terminal::Terminal(const Arguments& command, const Environment& environment, int columns) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = static_cast<unsigned short>(columns);
  pid_ = forkpty(&terminal_, nullptr, nullptr, &size);
  if (pid_ < 0) fail("forkpty");
  if (pid_ == 0) execute(command, environment);
}

Terminal::~Terminal() {
  if (pid_ >= 0) {
    kill(pid_, SIGKILL);
    wait_for_end(pid_);
  }
  close(terminal_);
}

bool Terminal::read_more() {
  std::array<char, 4096> chunk{};
  while (true) {
    const ssize_t count = read(terminal_, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;  // EIO: nobody holds the other side any more
    out_.append(chunk.data(), static_cast<size_t>(count));
    return true;
  }
}

bool Terminal::wait_for(const std::string& text) {
  while (out_.find(text) == std::string::npos) {
    if (!read_more()) return false;
  }
  return true;
}

void Terminal::type(const std::string& keys) const {
  write_fully(terminal_, keys);
}

Outcome Terminal::finish() {
  while (read_more()) continue;
  return {wait_for_end(std::exchange(pid_, -1)), out_, ""};
}

}  // namespace memtier::testing
