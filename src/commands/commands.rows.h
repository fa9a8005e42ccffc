/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands in the order of --help: COMMAND(NAME) is `const struct command command_NAME` in NAME.c. No include
 * guard; also read by meson.build. The first one is run where the command line names none.
 */
COMMAND(exec)
COMMAND(life)
COMMAND(run)
COMMAND(trace)
COMMAND(list)
COMMAND(tree)
COMMAND(gen)
COMMAND(new)
COMMAND(inspect)
COMMAND(doctor)
COMMAND(unpin)
COMMAND(completion)
COMMAND(help)
COMMAND(version)
COMMAND(docs)
