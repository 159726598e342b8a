// memtier: a store of memories, from the command line.
#include <CLI/CLI.hpp>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "command_line.h"
#include "commands.h"
#include "failure.h"
#include "interrupt.h"
#include "item_text.h"
#include "text.h"

namespace {

using namespace memtier::tool;

// Errors before the command line is understood have to be in JSON, too.
bool wants_json(int argument_count, char** arguments) {
  for (int i = 1; i < argument_count; ++i) {
    if (std::strcmp(arguments[i], "--") == 0) return false;
    if (std::strcmp(arguments[i], "--json") == 0) return true;
  }
  return false;
}

int report(const Failure& failure, bool json) {
  if (failure.exit_code() == kBrokenPipe) return kBrokenPipe;
  if (json) {
    std::fprintf(stderr, "{\"error\":{\"code\":%s,\"message\":%s}}\n",
                 quote_json(failure.code()).c_str(), quote_json(failure.what()).c_str());
  } else {
    std::fprintf(stderr, "memtier: %s\n", safe_lines(failure.what()).c_str());
  }
  return failure.exit_code();
}

// What was printed before a failure is still owed to the reader.
int run(Tool& tool) {
  try {
    tool.command();
    tool.close();
    tool.flush();
    return kSuccess;
  } catch (const Failure& failure) {
    try {
      tool.flush();
    } catch (const Failure& second) {
      return report(failure.exit_code() == kBrokenPipe ? failure : second, tool.options.json);
    }
    return report(failure, tool.options.json);
  }
}

int parse_and_run(CLI::App& app, Tool& tool, int argument_count, char** arguments) {
  const bool json = wants_json(argument_count, arguments);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    const auto used = app.get_subcommands();
    const std::string help = full_name(used.empty() ? app : *used.front()) + " --help";
    return report(usage_failure(usage_message(app, error) + (json ? "" : "\nTry " + help)), json);
  }
  return run(tool);
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);        // a reader that has gone is an error of the write
  std::signal(SIGXFSZ, SIG_IGN);        // and so is a limit on the size of files
  std::setlocale(LC_CTYPE, "C.UTF-8");  // for wcwidth; what is stored is UTF-8 anyway
  try {
    const InterruptWatch watch;
    CLI::App app("memtier: the memory of AI agents, in one library and one file", "memtier");
    Tool tool;
    tool.argument_count = argument_count;
    add_all(app, tool);
    return parse_and_run(app, tool, argument_count, arguments);
  } catch (const Failure& failure) {
    return report(failure, wants_json(argument_count, arguments));
  } catch (const std::exception& error) {
    return report({kFailed, "FAILED", error.what()}, wants_json(argument_count, arguments));
  }
}
