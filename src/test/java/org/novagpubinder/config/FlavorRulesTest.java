package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig.FlavorRule;
import org.novagpubinder.host.common.Glob;
import org.novagpubinder.testing.LogLines;

class FlavorRulesTest {
    @TempDir
    Path directory;

    private LogLines log;

    @BeforeEach
    void listen() {
        log = LogLines.of(ConfigLoader.class.getName());
    }

    @AfterEach
    void stop() {
        log.close();
    }

    private List<FlavorRule> policies(String value) throws Exception {
        return TestConfig.in(directory)
                .load("[gpu_binder]\nflavor_policy = " + value + "\n")
                .binding()
                .flavorPolicies();
    }

    @Test
    void aNameKeepsItsSpacesItsCaseAndItsEqualsSigns() throws Exception {
        assertThat(policies("  My GPU  flavor = off ,x=y = report"))
                .containsExactly(
                        new FlavorRule(new Glob("My GPU  flavor"), "off"), new FlavorRule(new Glob("x=y"), "report"));
    }

    @Test
    void aQuestionMarkStandsForTheCommaThatCannotBeWritten() throws Exception {
        assertThat(policies("gpu? large=off")).singleElement().matches(r -> r.flavors()
                .matches("gpu, large"));
    }

    @Test
    void rulesMayGoOnInTheNextLine() throws Exception {
        assertThat(policies("gpu.*=required,\n  test.*=off")).hasSize(2);
    }

    @Test
    void aRuleBehindOneThatTakesAllItsFlavorsIsAWarning() throws Exception {
        assertThat(policies("gpu.*=required, test.*=off, gpu.test=off, *=report, x=off"))
                .hasSize(5);

        assertThat(log.lines())
                .containsExactly(
                        "WARN " + directory
                                + "/a.conf:2: [gpu_binder] flavor_policy: item 3 never counts: item 1 takes all its flavors",
                        "WARN " + directory
                                + "/a.conf:2: [gpu_binder] flavor_policy: item 5 never counts: item 4 takes all its flavors");
    }

    @Test
    void theUsualOrderFromSpecialToGeneralIsNoWarning() throws Exception {
        policies("gpu.test=off, gpu.*=required, *=report");

        assertThat(log.lines()).isEmpty();
    }
}
