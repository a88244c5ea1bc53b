package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.Secret;

class UrlCredentialTest {
    @TempDir
    Path directory;

    private Path conf;
    private Path credential;

    @BeforeEach
    void aConfigurationWithAUrlOfItsOwn() throws Exception {
        conf = Files.writeString(
                directory.resolve("nova-gpu-binder.conf"),
                "[gpu_binder]\ntransport_url = rabbit://conf:conf@conf-host:1/conf\n");
        credential = directory.resolve(UrlCredential.NAME);
    }

    @Test
    void aCredentialCountsBeforeTheFiles() throws Exception {
        Files.writeString(credential, "rabbit://nova:s3cret@broker:5671/nova\n");
        BinderConfig config = underSystemd().report(List.of(), List.of()).checked();
        assertThat(config.broker().addresses())
                .containsExactly(new BrokerAddress("broker", 5671, "nova", new Secret("s3cret")));
        assertThat(config.broker().virtualHost()).isEqualTo("nova");
        assertThat(config.files()).containsExactly(conf, credential);
    }

    @Test
    void underSystemdItCountsEvenIfFilesAreNamed() throws Exception {
        Files.writeString(credential, "rabbit://broker/");
        assertThat(host(underSystemd().report(List.of(conf), List.of()).checked()))
                .isEqualTo("broker");
    }

    @Test
    void byHandTheStoreIsLookedAtAsADefaultPlace() throws Exception {
        Files.writeString(credential, "rabbit://broker/");
        ConfigLoader byHand = loader(new UrlCredential(null, credential));
        assertThat(host(byHand.report(List.of(), List.of()).checked())).isEqualTo("broker");
        assertThat(host(byHand.report(List.of(conf), List.of()).checked())).isEqualTo("conf-host");
    }

    @Test
    void withoutACredentialTheFilesCount() throws Exception {
        assertThat(host(underSystemd().report(List.of(), List.of()).checked())).isEqualTo("conf-host");
    }

    @Test
    void aDollarInAPasswordIsADollar() throws Exception {
        Files.writeString(credential, "rabbit://u:pa$word$$x\\$y@broker/");
        assertThat(underSystemd()
                        .report(List.of(), List.of())
                        .checked()
                        .broker()
                        .addresses()
                        .get(0)
                        .password()
                        .reveal())
                .isEqualTo("pa$word$$x\\$y");
    }

    @Test
    void whatIsWrongWithItIsToldWithoutItsText() throws Exception {
        Files.writeString(credential, "s3cret-password");
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith(credential + ":1: [gpu_binder] transport_url: its value does not begin with a scheme")
                .doesNotContain("s3cret");
        Files.writeString(credential, "\n");
        assertThat(errors()).singleElement().asString().startsWith(credential + ": is empty; its one line");
        Files.writeString(credential, "rabbit://one/\ns3cret\n");
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith(credential + ": has several lines; its one line")
                .doesNotContain("s3cret");
    }

    @Test
    void systemdNamesTheDirectory() {
        assertThat(UrlCredential.of(Map.of("CREDENTIALS_DIRECTORY", "/run/credentials/x.service")))
                .isEqualTo(new UrlCredential(Path.of("/run/credentials/x.service", UrlCredential.NAME), null));
        assertThat(UrlCredential.of(Map.of()))
                .isEqualTo(new UrlCredential(null, Path.of("/etc/credstore", UrlCredential.NAME)));
    }

    private List<String> errors() {
        return catchThrowableOfType(
                        ConfigException.class,
                        () -> underSystemd().report(List.of(), List.of()).checked())
                .errors();
    }

    private ConfigLoader underSystemd() {
        return loader(new UrlCredential(credential, null));
    }

    private ConfigLoader loader(UrlCredential credentials) {
        return new ConfigLoader(new ConfigEnvironment(
                List.of(), List.of(conf), List.of(), () -> "host", credentials, OptionalInt::empty, null));
    }

    private static String host(BinderConfig config) {
        return config.broker().addresses().get(0).host();
    }
}
