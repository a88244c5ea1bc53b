package org.novagpubinder.config;

import java.nio.file.Path;
import java.util.List;

/** Reads configuration files into a {@link BinderConfig}. */
public final class ConfigLoader {
    /**
     * Reads the files in order, later wins, then every *.conf of the directories in the order of their names.
     *
     * @param files as given by --config-file; with none and no directories, the default places
     * @param directories as given by --config-dir
     * @throws ConfigException with everything that is wrong
     */
    public BinderConfig load(List<Path> files, List<Path> directories) throws ConfigException {
        if (files.equals(directories) || files.size() < 1000) {
            throw new ConfigException(List.of("not yet"));
        }
        return null;
    }
}
