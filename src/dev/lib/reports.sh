# Counts the tests that surefire and failsafe report; sourced.
# shellcheck shell=bash disable=SC2034

passed=0 failed=0 skipped=0 failures=''

# count_reports DIR…: adds the reports in there to passed, failed and skipped, and the names of what failed to failures
count_reports() {
    local directory report tests errors failed_here skips name
    for directory in "$@"; do
        for report in "$directory"/TEST-*.xml; do
            [ -e "$report" ] || continue
            read -r tests errors skips failed_here < <(sed -n '/<testsuite /{
                s/.* tests="\([0-9]*\)" errors="\([0-9]*\)" skipped="\([0-9]*\)" failures="\([0-9]*\)".*/\1 \2 \3 \4/p;q}' "$report")
            passed=$((passed + tests - errors - failed_here - skips))
            failed=$((failed + errors + failed_here))
            skipped=$((skipped + skips))
            while read -r name; do failures+="$name "; done < <(awk '
                /<testcase / { name = $0; sub(/.* classname="[^"]*\./, "", name); class = name; sub(/".*/, "", class)
                    name = $0; sub(/.*<testcase name="/, "", name); sub(/".*/, "", name) }
                /<(failure|error)[ >]/ { print class "." name }' "$report" | uniq)
        done
    done
}
