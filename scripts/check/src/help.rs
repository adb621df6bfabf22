//! What stands below the options in the help: examples and exit codes.

pub const CHECK: &str = "\
Examples:
  cargo run -p check -- document labs/lab1-blocking/README.md
  cargo run -p check -- prose README.md
  cargo run -p check -- soak redis-server --minutes 1

Exit code:
  0  all is well
  1  something is wrong
  2  nothing could be checked";

pub const DOCUMENT: &str = "\
Examples:
  cargo run -p check -- document labs/lab1-blocking/README.md
      replays one sheet
  cargo run -p check -- document --list scripts/README.md
      shows what would be typed, and types nothing
  cargo run -p check -- document --slow-typist --pause 5 scripts/README.md
      types as a student does

Exit code:
  0  the programs do what the documents say
  1  something differs, or a link or a rule is broken
  2  nothing could be replayed";

pub const PROSE: &str = "\
Examples:
  cargo run -p check -- prose README.md labs/*.md labs/*/README.md
  cargo run -p check -- prose labs/misconceptions.toml scripts/*.sh

Exit code:
  0  no sentence is hard to read, as far as a machine can tell
  1  some are
  2  a file could not be read";

pub const SOAK: &str = "\
Examples:
  scripts/soak.sh lab4 --minutes 1
      builds lab 4 for speed, and soaks it
  cargo run -p check -- soak redis-server --minutes 1
      soaks a server that is installed
  cargo run -p check -- soak --against 127.0.0.1:6379 --clients 100
      soaks a server that runs already

Exit code:
  0  each answer was right, and nothing leaked
  1  something is wrong
  2  the server could not be soaked";
