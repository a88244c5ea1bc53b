package org.novagpubinder.check.result;

/**
 * A result and the check that it is of.
 *
 * @param check the check's name
 */
public record NamedResult(String check, CheckResult result) {
    /** All of it in one line, for a log. */
    public String line() {
        String remedy = result.remedy();
        return check + ": " + result.text() + (remedy == null ? "" : "; " + remedy.replaceAll("\\s*\\n\\s*", " "));
    }
}
