package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.config.oslo.BadValue;

/** The sets are those that nova/virt/hardware.py:parse_cpu_spec gives. */
class CpuSpecTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "0           > 0",
                "0-3         > 0-3",
                "4-12,^8,15  > 4-7,9-12,15",
                "^8, 4-12    > 4-7,9-12",
                "0-15,^2-4   > 0-1,5-15",
                ",,1, ,3,    > 1,3",
                "1 - 3       > 1-3",
                "3-3         > 3",
            })
    void aSetIsReadAsNovaReadsIt(String text, String cpus) throws Exception {
        assertThat(CpuSpec.TYPE.read(text)).hasToString(cpus);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1-", "-1", "3-1", "0x3", "^", "^1", "1,^1", ",", "1-2-3", "0-4000000", "9999999999"})
    void whatNovaRefusesIsAnError(String text) {
        assertThatThrownBy(() -> CpuSpec.TYPE.read(text)).isInstanceOf(BadValue.class);
    }
}
