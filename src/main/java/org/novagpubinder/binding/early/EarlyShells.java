package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Definitions that only our define has brought back, in the moment in which Nova undefined the domain. */
record EarlyShells(Libvirt libvirt, DomainXml xml, NovaTasks tasks, Records records, BinderConfig config, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyShells.class);

    @Inject
    EarlyShells {}

    /**
     * Takes the domain's definition away if it has not run since it was defined, and is that one.
     *
     * @param ours whether a definition was written by us before a start
     */
    void takeAway(UUID uuid, Predicate<DomainDefinition> ours) throws LibvirtFailure, InvalidDomainXml {
        try (LibvirtHold lane = libvirt.lane()) {
            String text = lane.calls().secureXml(uuid);
            DomainDefinition d = xml.read(text);
            if (d.id() == null
                    && ours.test(d)
                    && lane.calls().whyOff(uuid) == WhyOff.UNKNOWN
                    && tasks.running(uuid).isEmpty()) {
                takeAway(lane.calls(), uuid, d.name(), text.contains("<tpm"));
            }
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
        }
    }

    private static void takeAway(Libvirt lane, UUID uuid, String name, boolean hasTpm) throws LibvirtFailure {
        if (hasTpm) {
            // libvirt would delete the state of an emulated TPM with it (qemuTPMEmulatorCleanupHost)
            isBack(uuid, name, "", "--keep-nvram --keep-tpm");
            return;
        }
        try {
            lane.undefine(uuid);
        } catch (LibvirtFailure e) {
            e.throwUnlessRefused();
            isBack(uuid, name, ", and libvirt does not undefine it: " + e.getMessage(), "--keep-nvram");
            return;
        }
        LOG.warn(
                "instance {} ({}): undefined again: Nova had undefined it in the moment in which its binding was written",
                uuid,
                name);
    }

    private static void isBack(UUID uuid, String name, String cause, String options) {
        LOG.warn(
                "instance {} ({}): its definition is back, for Nova had undefined it in the moment in which its binding was"
                        + " written{}. If Nova does not have the instance on this host: virsh undefine {} {}",
                uuid,
                name,
                cause,
                options,
                name);
    }

    /** The same for one that a daemon before this one may have written; Nova has undefined the domain for good. */
    void takeAway(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        if (config.binding().earlyDefine()) {
            takeAway(uuid, d -> RecordXml.found(d.record()).filter(this::early).isPresent());
        }
    }

    private boolean early(BindingRecord record) {
        Duration age = Duration.between(record.time(), clock.instant());
        return record.host().equals(records.host())
                && record.outcome() == Outcome.DEFERRED
                && record.reasons().contains(Steps.BEFORE_START.code().word())
                && age.abs().compareTo(EarlyStarts.LONGEST) < 0;
    }
}
