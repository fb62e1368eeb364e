#!/bin/sh
# Patchbay's command line on the Java runtime that lies beside it. See ./patchbay --help.
#
#   PATCHBAY_JAVA_OPTS   more options for java, such as -Xmx8g
set -eu

# The folder of this file, through symlinks.
case $0 in
  */*) self=$0 ;;
  *) self=./$0 ;;
esac
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
home=$(cd "${self%/*}/" && pwd -P)

java=$home/runtime/bin/java
if [ ! -x "$java" ]; then
  echo "patchbay: no Java runtime beside this file: expected=$java" >&2
  exit 69
fi

terminal=false
columns=${COLUMNS:-}
if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
  terminal=true
  if [ -z "$columns" ]; then
    size=$(stty size 2>/dev/null <&2) || size=
    columns=${size#* }
  fi
fi

# shellcheck disable=SC2086
exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=deny \
  -XX:+UseParallelGC -XX:-UsePerfData -Djava.awt.headless=true \
  "-Dpatchbay.terminal=$terminal" "-Dpatchbay.columns=$columns" \
  ${PATCHBAY_JAVA_OPTS:-} \
  -cp "@CLASSPATH@" io.patchbay.analysis.cli.Main "$@"
