#!/bin/sh
# timeout: 300
# Our graph against clang's on the golden cases (tests/oracle); `ninja oracle` takes whole trees too.
exec tests/oracle/run golden
