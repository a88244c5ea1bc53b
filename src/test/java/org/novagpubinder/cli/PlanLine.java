package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.topology.IdSet;

/** What every object of {@code plan --json} has to look like. */
final class PlanLine {
    private static final Set<String> OUTCOMES =
            Set.of("bound", "aligned", "deferred", "misaligned", "refused", "ignored");
    private static final Set<String> WHEN = Set.of("live", "restart", "next-start", "unchanged");

    private PlanLine() {}

    /** Fails unless the object has the fields of the contract, with values that make sense for the domain. */
    static void check(JsonNode o, DomainDefinition d) {
        assertThat(o.properties().stream().map(java.util.Map.Entry::getKey))
                .as("%s", o)
                .contains(
                        "uuid",
                        "outcome",
                        "reasons",
                        "nodes",
                        "vcpus",
                        "emulator",
                        "iothreads",
                        "memory",
                        "renderNode",
                        "restart",
                        "definition")
                .doesNotContain("error");
        assertThat(o.path("uuid").textValue()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        if (d.uuid() != null) {
            assertThat(o.path("uuid").textValue()).isEqualTo(d.uuid().toString());
        }
        assertThat(o.path("outcome").textValue()).isIn(OUTCOMES);
        reasons(o.path("reasons"));
        assertThat(o.path("nodes").isArray()).isTrue();
        o.path("nodes").forEach(n -> assertThat(n.isInt()).as("%s", n).isTrue());
        pins(o.path("vcpus"), IdSet.range(0, d.vcpus() - 1));
        pins(o.path("iothreads"), d.iothreads());
        cpus(o.path("emulator"));
        memory(o.path("memory"));
        textOrNull(o.path("renderNode"), "/dev/dri/.*");
        assertThat(o.path("restart").isBoolean()).isTrue();
        assertThat(o.path("restart").booleanValue() && d.id() == null)
                .as("what is shut off is not restarted: %s", o)
                .isFalse();
        textOrNull(o.path("definition"), "(?s).*<domain.*");
    }

    private static void reasons(JsonNode reasons) {
        assertThat(reasons.isArray()).isTrue();
        assertThat(reasons).as("a plan says why").isNotEmpty().allSatisfy(r -> {
            assertThat(r.path("code").textValue()).matches("[a-z]+(-[a-z]+)*");
            assertThat(r.path("text").textValue()).isNotBlank().doesNotContain("\n");
        });
    }

    private static void pins(JsonNode pins, IdSet ids) {
        assertThat(pins.isObject()).isTrue();
        pins.properties().forEach(pin -> {
            assertThat(ids.contains(Integer.parseInt(pin.getKey())))
                    .as("%s of %s", pin, ids)
                    .isTrue();
            assertThat(pin.getValue().isTextual()).as("%s", pin).isTrue();
            cpus(pin.getValue());
        });
    }

    private static void memory(JsonNode memory) {
        assertThat(memory.isObject()).isTrue();
        assertThat(memory.has("nodeset") && memory.has("mode")).as("%s", memory).isTrue();
        textOrNull(memory.path("nodeset"), "[0-9,-]*");
        textOrNull(memory.path("mode"), "[a-z]+");
        assertThat(memory.path("when").textValue()).isIn(WHEN);
    }

    private static void cpus(JsonNode list) {
        textOrNull(list, "[0-9]+([,-][0-9]+)*");
    }

    private static void textOrNull(JsonNode value, String pattern) {
        if (!value.isNull()) {
            assertThat(value.textValue()).matches(pattern);
        }
    }
}
