// SPDX-License-Identifier: MIT
/* options.c: see options.h. */
#include "options.h"
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "process.h"

static const char help[] =
    "loom-pipe [-e TEXT | -f FILE] PID    install the filters of TEXT, FILE or standard input\n"
    "\n"
    "  -e, --text TEXT        the filters, for example 'js_DestroyContext <> self'\n"
    "  -f, --file FILE        read them from FILE\n"
    "  -t, --timeout TIME     wait so long for \"in force\" (5s; also 500ms, 2m)\n"
    "      --all-or-nothing   take the filters back if they are not in force in time\n"
    "      --stop             activate all threads at one instant\n"
    "      --wait             wait for modules that the filters name and that are not loaded yet\n"
    "      --force            install what is only suspected to hurt\n"
    "      --explain          say what would be done, and change nothing\n"
    "      --source DIR       where --explain finds the source (the current directory)\n"
    "      --format dot       with --explain: a picture of the functions, for graphviz\n"
    "      --plan OUT         install nothing; write OUT, for LOOM_FILTERS=OUT at the next start\n"
    "\n"
    "loom-pipe --list PID                 the filters of a process\n"
    "loom-pipe --status PID               the same, with threads that are missing\n"
    "loom-pipe --remove WHICH PID         by name or number, or all; --later: do not wait\n"
    "loom-pipe --slots[=PATTERN] PID      functions and slots, by function or file:line\n"
    "loom-pipe --events PID               what happened to filters\n"
    "loom-pipe --ps                       the instrumented processes of this user\n"
    "      --format json                  for programs; also --format text\n"
    "      --version, --help\n"
    "\n"
    "Exit: 0 done or already so, 1 filter wrong, 2 usage, 3 not an instrumented process (or one\n"
    "with a single thread), 4 no permission, 5 not in force in time. More: man loom-pipe\n";

void options_help(void) {
    fputs(help, stdout);
}

static int usage(const char *what, const char *word) {
    fprintf(stderr, "loom-pipe: %s%s%s\nTry: loom-pipe --help\n", what, word ? ": " : "",
            word ? word : "");
    return EXIT_USAGE;
}

/* 5, 5s, 500ms, 2m */
static int read_time(const char *word, int *ms) {
    char *unit;
    double value = strtod(word, &unit);
    if (unit == word || !(value >= 0)) return -EINVAL;
    if (strcmp(unit, "") == 0 || strcmp(unit, "s") == 0)
        value *= 1000;
    else if (strcmp(unit, "m") == 0)
        value *= 60000;
    else if (strcmp(unit, "ms") != 0)
        return -EINVAL;
    if (value > 86400e3) return -EINVAL;
    *ms = (int)value;
    return 0;
}

static int read_pid(const char *word, pid_t *pid) {
    char *end;
    errno = 0;
    long value = strtol(word, &end, 10);
    if (errno || *end || end == word || value < 1 || value > INT_MAX) return -EINVAL;
    *pid = (pid_t)value;
    return 0;
}

enum {
    OPTION_STOP = 256,
    OPTION_ALL,
    OPTION_FORCE,
    OPTION_WAIT,
    OPTION_SOURCE,
    OPTION_LATER,
    OPTION_FORMAT,
    OPTION_VERB
};

static const struct option known[] = {
    {"text", required_argument, NULL, 'e'},
    {"file", required_argument, NULL, 'f'},
    {"timeout", required_argument, NULL, 't'},
    {"stop", no_argument, NULL, OPTION_STOP},
    {"all-or-nothing", no_argument, NULL, OPTION_ALL},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"wait", no_argument, NULL, OPTION_WAIT},
    {"source", required_argument, NULL, OPTION_SOURCE},
    {"later", no_argument, NULL, OPTION_LATER},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"plan", required_argument, NULL, OPTION_VERB + VERB_PLAN},
    {"explain", no_argument, NULL, OPTION_VERB + VERB_EXPLAIN},
    {"list", no_argument, NULL, OPTION_VERB + VERB_LIST},
    {"status", no_argument, NULL, OPTION_VERB + VERB_STATUS},
    {"remove", required_argument, NULL, OPTION_VERB + VERB_REMOVE},
    {"slots", optional_argument, NULL, OPTION_VERB + VERB_SLOTS},
    {"events", no_argument, NULL, OPTION_VERB + VERB_EVENTS},
    {"ps", no_argument, NULL, OPTION_VERB + VERB_PS},
    {"help", no_argument, NULL, OPTION_VERB + VERB_HELP},
    {"version", no_argument, NULL, OPTION_VERB + VERB_VERSION},
    {0}};

static int read_verb(struct options *options, enum verb verb) {
    if (options->verb != VERB_INSTALL && options->verb != verb)
        return usage("only one of --list, --status, --remove, --explain, --plan, ... at a time",
                     NULL);
    options->verb = verb;
    if (verb == VERB_REMOVE) options->removed = optarg;
    if (verb == VERB_SLOTS) options->pattern = optarg;
    if (verb == VERB_PLAN) options->plan = optarg;
    return 0;
}

static int read_format(struct options *options) {
    options->json = strcmp(optarg, "json") == 0;
    options->dot = strcmp(optarg, "dot") == 0;
    if (options->json || options->dot || strcmp(optarg, "text") == 0) return 0;
    return usage("unknown format", optarg);
}

static int read_option(struct options *options, int letter) {
    switch (letter) {
    case 'e':
        if (options->text)
            return usage("one -e; several filters stand on lines of their own", NULL);
        options->text = optarg;
        break;
    case 'f': options->file = optarg; break;
    case 't':
        if (read_time(optarg, &options->timeout_ms)) return usage("this is not a time", optarg);
        options->timeout_given = 1;
        break;
    case OPTION_STOP: options->stop = 1; break;
    case OPTION_ALL: options->all_or_nothing = 1; break;
    case OPTION_FORCE: options->force = 1; break;
    case OPTION_WAIT: options->wait = 1; break;
    case OPTION_SOURCE: options->source = optarg; break;
    case OPTION_LATER: options->later = 1; break;
    case OPTION_FORMAT: return read_format(options);
    case '?': return usage("the command line is not understood", NULL);
    default: return read_verb(options, (enum verb)(letter - OPTION_VERB));
    }
    return 0;
}

static int needs_pid(const struct options *options) {
    return options->verb != VERB_PS && options->verb != VERB_HELP && options->verb != VERB_VERSION;
}

int options_read(struct options *options, int count, char **words) {
    int letter, code;
    *options = (struct options){.timeout_ms = 5000};
    while ((letter = getopt_long(count, words, "e:f:t:", known, NULL)) != -1)
        if ((code = read_option(options, letter))) return code;
    if (options->text && options->file) return usage("-e and -f do not go together", NULL);
    if (options->dot && options->verb != VERB_EXPLAIN)
        return usage("--format dot is for --explain", NULL);
    if (options->wait && options->verb != VERB_INSTALL && options->verb != VERB_EXPLAIN &&
        options->verb != VERB_PLAN)
        return usage("--wait is for installing, --explain and --plan", NULL);
    if (options->verb == VERB_PLAN && (options->stop || options->all_or_nothing))
        return usage("--stop and --all-or-nothing do not go with --plan", NULL);
    if (!needs_pid(options)) return optind < count ? usage("too many words", words[optind]) : 0;
    /* --slots PATTERN PID, with a blank */
    if (options->verb == VERB_SLOTS && !options->pattern && count - optind == 2)
        options->pattern = words[optind++];
    if (optind == count) return usage("which process? The last word is its number", NULL);
    if (count - optind > 1) return usage("too many words", words[optind + 1]);
    if (read_pid(words[optind], &options->pid))
        return usage("this is not the number of a process", words[optind]);
    return 0;
}
