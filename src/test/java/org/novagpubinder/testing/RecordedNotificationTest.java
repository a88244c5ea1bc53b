package org.novagpubinder.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordedNotificationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RECORDED = Path.of("src/dev/captures/create.jsonl");
    private static final String UUID = "0b0b0b0b-2222-4222-8222-000000000002";

    @Test
    void aVersionedCreateBecomesAnotherGuestsOnAnotherHost() throws Exception {
        RecordedNotification end = recorded("instance.create.end");
        end.setInstance(UUID, "instance-0000000b");
        end.setHost("gpu-host-1");
        end.setExtraSpecs(Map.of("gpu_binder:render_node", "auto"));

        JsonNode message = message(end);
        JsonNode data = message.at("/payload/nova_object.data");
        assertThat(end.routingKey()).isEqualTo("versioned_notifications.info");
        assertThat(data.at("/uuid").asText()).isEqualTo(UUID);
        assertThat(data.at("/instance_name").asText()).isEqualTo("instance-0000000b");
        assertThat(data.at("/host").asText()).isEqualTo("gpu-host-1");
        assertThat(data.at("/flavor/nova_object.data/extra_specs"))
                .isEqualTo(JSON.readTree("{\"gpu_binder:render_node\": \"auto\"}"));
        assertThat(message.at("/publisher_id").asText()).isEqualTo("nova-compute:gpu-host-1");
    }

    @Test
    void anUnversionedCreateBecomesAnotherGuestsOnAnotherHost() throws Exception {
        RecordedNotification end = recorded("compute.instance.create.end");
        end.setInstance(UUID, "instance-0000000b");
        end.setHost("gpu-host-1");

        JsonNode message = message(end);
        assertThat(end.routingKey()).isEqualTo("notifications.info");
        assertThat(message.at("/payload/instance_id").asText()).isEqualTo(UUID);
        assertThat(message.at("/payload/host").asText()).isEqualTo("gpu-host-1");
        assertThat(message.at("/publisher_id").asText()).isEqualTo("compute.gpu-host-1");
    }

    @Test
    void aCreateThatHasNoHostYetGetsNone() throws Exception {
        RecordedNotification start = recorded("instance.create.start");
        start.setHost("gpu-host-1");

        assertThat(message(start).at("/payload/nova_object.data/host").isNull()).isTrue();
        assertThat(message(start).at("/publisher_id").asText()).isEqualTo("nova-compute:gpu-host-1");
    }

    private static RecordedNotification recorded(String eventType) throws IOException {
        List<RecordedNotification> found = Files.readAllLines(RECORDED).stream()
                .map(RecordedNotificationTest::read)
                .filter(n -> n.eventType().equals(eventType))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static RecordedNotification read(String line) {
        try {
            return RecordedNotification.read(line);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode message(RecordedNotification notification) throws IOException {
        return JSON.readTree(
                JSON.readTree(notification.body()).path("oslo.message").asText());
    }
}
