package org.novagpubinder.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.NovaFacts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration with all that is wrong or odd in it.
 *
 * @param config what was read; where a value is wrong, its default stands in, so with errors it is only fit for looking at
 * @param looked the files that were to be read, in order; those that could not be are not in {@code config.files()}
 * @param errors as {@link ConfigException} tells them
 * @param wrong the options whose value is wrong
 * @param warnings what is odd and does no harm, one line each
 * @param nova what else nova.conf tells
 */
public record ConfigReport(
        BinderConfig config,
        List<Path> looked,
        List<String> errors,
        Set<Option<?>> wrong,
        List<String> warnings,
        NovaFacts nova) {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigLoader.class);

    public ConfigReport {
        looked = List.copyOf(looked);
        errors = List.copyOf(errors);
        wrong = Set.copyOf(wrong);
        warnings = List.copyOf(warnings);
    }

    /**
     * The configuration, for work; the warnings are logged.
     *
     * @throws ConfigException if it has errors
     */
    public BinderConfig checked() throws ConfigException {
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        warnings.forEach(LOG::warn);
        return config;
    }

    /** The same with another URI of libvirt, as --connect asks. */
    public ConfigReport withConnectionUri(String uri) {
        return new ConfigReport(config.withConnectionUri(uri), looked, errors, wrong, warnings, nova);
    }

    /** The file with the broker's URL which systemd has copied at the unit's start; empty if there is none. */
    public Optional<Path> copiedUrl() {
        return config.files().stream().filter(UrlCredential::isCopy).findFirst();
    }

    /** Whether our own {@code host} says another name than Nova's configuration. */
    public boolean hostContradicted() {
        return nova.seen() && nova.ownHostAt() != null && !config.host().equals(nova.novasHost());
    }

    /** Whether it is wrong where it says which CPUs Nova gives to guests. */
    public boolean cpusWrong() {
        return Stream.of(NovaOptions.VCPU_PIN_SET, NovaOptions.CPU_SHARED_SET, NovaOptions.CPU_DEDICATED_SET)
                .anyMatch(wrong::contains);
    }

    /** Whether it is wrong where it says what this host is called. */
    public boolean hostWrong() {
        return wrong.contains(NovaOptions.HOST) || wrong.contains(GpuBinderOptions.HOST);
    }

    /** Whether it is wrong where it says which notifications Nova sends, and where to. */
    public boolean notificationsWrong() {
        return Stream.of(
                        NovaOptions.NOTIFICATION_FORMAT,
                        NovaOptions.NOTIFICATION_DRIVER,
                        NovaOptions.NOTIFICATION_TOPICS,
                        NovaOptions.VERSIONED_TOPICS)
                .anyMatch(wrong::contains);
    }

    /** Whether a file that was to be read could not be. */
    public boolean incomplete() {
        return config.files().size() < looked.size();
    }
}
