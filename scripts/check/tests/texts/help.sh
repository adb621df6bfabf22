#!/usr/bin/env bash
# help.sh: says how many words there are.
#
# SYNOPSIS
#   help.sh besides strangers
#
# OPTIONS
#   --first  the first of these words, and none of the words that follow
#            after it in the text
#   --none   What no option of this program says
#            is the default.
#
# EXAMPLES
#   help.sh besides    # counts one word
#
# SEE ALSO
#   besides.sh
set -euo pipefail
# What no reader of a help will ever see is not judged.
