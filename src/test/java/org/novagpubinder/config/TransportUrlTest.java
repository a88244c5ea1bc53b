package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.config.oslo.BadValue;

class TransportUrlTest {
    /** The second column is what oslo.messaging 14.0.3 and kombu 5.2.4 make of the URL: USER PASSWORD HOST PORT, VHOST. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "rabbit://                                  > guest guest localhost 5672 vhost /",
                "rabbit:///v                                > guest guest localhost 5672 vhost v",
                "rabbit://h                                 > guest guest h 5672 vhost /",
                "rabbit://u:p@h:5673                        > u p h 5673 vhost /",
                "rabbit://u:p@h/                            > u p h 5672 vhost /",
                "rabbit://u:p@h//                           > u p h 5672 vhost /",
                "rabbit://u:p@h/nova                        > u p h 5672 vhost nova",
                "rabbit://u:p@h//nova                       > u p h 5672 vhost /nova",
                "rabbit://u:p@h/%2Fnova                     > u p h 5672 vhost /nova",
                "rabbit://u:p@h/a/b/                        > u p h 5672 vhost a/b/",
                "rabbit://u:p@h/%252F                       > u p h 5672 vhost /",
                "rabbit://u:p@h:/                           > u p h 5672 vhost /",
                "rabbit://u:p@h:0/                          > u p h 5672 vhost /",
                "rabbit://u@h                               > u guest h 5672 vhost /",
                "rabbit://u:@h                              > u guest h 5672 vhost /",
                "rabbit://:p@h                              > guest p h 5672 vhost /",
                "rabbit://u:p@:5673/                        > u p localhost 5673 vhost /",
                "rabbit://u:p@h1:1,u2:p2@h2/v               > u p h1 1, u2 p2 h2 5672 vhost v",
                "rabbit://u:p@h1,h2                         > u p h1 5672, guest guest h2 5672 vhost /",
                "rabbit://u:p@h1,,u:p@h2,                   > u p h1 5672, u p h2 5672 vhost /",
                "rabbit://u%40x:p%3A%40%2C%25%C3%A4@h       > u@x p:@,%ä h 5672 vhost /",
                "rabbit://u@dom:p:q@h                       > u@dom p:q h 5672 vhost /",
                "rabbit://u:p%zz+x%@h                       > u p%zz+x% h 5672 vhost /",
                "rabbit://u:p@[::1]:5673/v                  > u p ::1 5673 vhost v",
                "rabbit://u:p@[fe80::1%eth0]                > u p fe80::1%eth0 5672 vhost /",
                "rabbit://u:p@[2001:db8::7],u:p@[::2]:1     > u p 2001:db8::7 5672, u p ::2 1 vhost /",
                "rabbit://u:p@fd00::1/v                     > u p fd00::1 5672 vhost v",
                "rabbit://u:p@fd00::1,u:p@2001:db8:0:0:0:0:0:7 > u p fd00::1 5672, u p 2001:db8:0:0:0:0:0:7 5672 vhost /",
                "RABBIT://h                                 > guest guest h 5672 vhost /",
                "kombu+rabbit://h                           > guest guest h 5672 vhost /",
                "kombu+amqp://u:p@h/v?driver=x              > u p h 5672 vhost v",
            })
    void aUrlLeadsWhereItLeadsNova(String text, String where) throws Exception {
        TransportUrl url = TransportUrl.parse(text);
        String addresses = String.join(
                ", ",
                url.addresses().stream()
                        .map(a -> a.user() + " " + a.password().reveal() + " " + a.host() + " " + a.port())
                        .toList());
        assertThat(addresses + " vhost " + url.virtualHost()).isEqualTo(where);
    }

    /** Newer Pythons, and kombu, do not take these, though their parts are in order. */
    @Test
    void aPasswordMayHaveASlashAndIpVersionsMayMix() throws Exception {
        TransportUrl url = TransportUrl.parse("rabbit://u:p%2F1@[::1],u:p@10.0.0.1");
        assertThat(url.addresses()).extracting(a -> a.host()).containsExactly("::1", "10.0.0.1");
        assertThat(url.addresses().get(0).password().reveal()).isEqualTo("p/1");
    }

    @Test
    void aUrlMayBeFoldedOverLines() throws Exception {
        assertThat(TransportUrl.parse("rabbit://u:p@h1,\nu:p@h2/v").addresses())
                .extracting(a -> a.host())
                .containsExactly("h1", "h2");
    }

    @Test
    void theQueryIsDecodedAndBlankValuesAreNone() throws Exception {
        assertThat(TransportUrl.parse("rabbit://h/?ssl=1&ssl_ca_file=%2Fa+b&x=&y&ssl=2")
                        .query())
                .isEqualTo(Map.of("ssl", "1,2", "ssl_ca_file", "/a b"));
    }

    @Test
    void onlyTheSchemeOfAmqpsAsksForTls() throws Exception {
        assertThat(TransportUrl.parse("kombu+amqps://h").tls()).isTrue();
        assertThat(TransportUrl.parse("rabbit://h").tls()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "hunter2                               > scheme",
                "user:hunter2@host                     > scheme",
                "rabbit:hunter2                        > scheme",
                "://u:hunter2@h                        > scheme",
                "amqp://u:hunter2@h                    > 'amqp' that is not RabbitMQ's",
                "kafka://u:hunter2@h                   > 'kafka' that is not RabbitMQ's",
                "kombu://u:hunter2@h                   > a scheme that is not RabbitMQ's",
                "hunter2://u:p@h                       > a scheme that is not RabbitMQ's",
                "rabbit://u:hun#ter2@h                 > '#'",
                "rabbit://u:hun/ter2@h                 > '@' behind a '/'",
                "rabbit://u:12/hunter2@h               > '@' behind a '/'",
                "rabbit://u:12?hunter2@h               > '@' behind a '/'",
                "rabbit://u:p@h,u:12/hunter2@h          > '@' behind a '/'",
                "rabbit://u:p@h:hunter2                > port",
                "rabbit://u:p@h:70000                  > port",
                "rabbit://u:p@h:-1                     > port",
                "rabbit://u:p@fd00::1:hunter2          > brackets",
                "rabbit://u:p@fd00:0:0:0:0:0:0:1:5672  > brackets",
                "rabbit://u:p@h:5672:5673              > brackets",
                "rabbit://u:p@[::1                     > '['",
                "rabbit://u:p@[hunter2]                > '['",
                "rabbit://u:p@[::1]x                   > '['",
                "rabbit://u:p@h1,u:hunter2@h 2         > its host number 2",
                "rabbit://u:p@hunter2$                 > a character that no host name has",
            })
    void anErrorSaysWhatIsWrongAndShowsNothingOfTheUrl(String text, String error) {
        assertThatThrownBy(() -> TransportUrl.parse(text))
                .isInstanceOf(BadValue.class)
                .hasMessageContaining(error)
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("ter2");
    }

    @Test
    void whereNovaSendsByKafkaNobodyIsToldToWriteARabbitMqThere() {
        assertThatThrownBy(() -> TransportUrl.parse("kafka://h:9092/"))
                .hasMessageContaining(
                        "leave it so, and set transport_url in [gpu_binder] to the RabbitMQ of [DEFAULT]");
    }
}
