package org.novagpubinder.config.oslo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What all files assign, and oslo.config's rule of who wins.
 *
 * @param files the assignments of each file, in the order of the files
 */
public record Assignments(List<List<Assignment>> files) {
    public Assignments {
        files = List.copyOf(files);
    }

    /**
     * The assignment that counts: of the last file that has any of the names; in it of the first name that it has; of that
     * name the last (oslo_config/cfg.py:_Namespace._get_file_value).
     *
     * @param names the current name, then deprecated ones
     */
    public Optional<Assignment> last(List<OptionName> names) {
        for (int i = files.size() - 1; i >= 0; i--) {
            for (OptionName name : names) {
                List<Assignment> found =
                        files.get(i).stream().filter(a -> a.is(name)).toList();
                if (!found.isEmpty()) {
                    return Optional.of(found.get(found.size() - 1));
                }
            }
        }
        return Optional.empty();
    }

    /** All assignments of a multi-valued option, in the order of files and lines. */
    public List<Assignment> each(List<OptionName> names) {
        List<Assignment> all = new ArrayList<>();
        for (List<Assignment> file : files) {
            file.stream().filter(a -> names.stream().anyMatch(a::is)).forEach(all::add);
        }
        return all;
    }

    /** Everything, in the order of files and lines. */
    public List<Assignment> all() {
        return files.stream().flatMap(List::stream).toList();
    }
}
