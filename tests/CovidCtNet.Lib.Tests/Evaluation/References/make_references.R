# Writes proc.json: what pROC (1.18.0, Debian's r-cran-proc; with r-cran-jsonlite) says about the sets in references.json.
suppressMessages({library(pROC); library(jsonlite)})
sets <- fromJSON("references.json", simplifyVector = TRUE, simplifyDataFrame = FALSE)$sets

curve <- function(labels, scores) roc(as.integer(labels), as.numeric(scores), direction = "<", quiet = TRUE)

found <- list()
for (s in sets) {
    if (sum(s$labels) < 2 || sum(!s$labels) < 2 || !is.null(s$weights)) next
    r <- curve(s$labels, s$scores)
    limits <- suppressWarnings(ci.auc(r))
    at <- c(0.05, 0.4, 0.82, 0.9, 0.975)
    entry <- list(
        name = s$name, auc = as.numeric(auc(r)), lower = limits[1], upper = limits[3],
        lower90 = suppressWarnings(ci.auc(r, conf.level = 0.9))[1],
        partialSpecificity = as.numeric(auc(r, partial.auc = c(1, 0.8), partial.auc.focus = "specificity")),
        partialSpecificityCorrected = suppressWarnings(as.numeric(auc(r, partial.auc = c(0.9, 0.7), partial.auc.focus = "specificity", partial.auc.correct = TRUE))),
        partialSensitivity = as.numeric(auc(r, partial.auc = c(0.95, 0.6), partial.auc.focus = "sensitivity")),
        at = at,
        sensitivityAt = coords(r, at, input = "specificity", ret = "sensitivity", transpose = FALSE)$sensitivity,
        specificityAt = coords(r, at, input = "sensitivity", ret = "specificity", transpose = FALSE)$specificity,
        youden = as.list(coords(r, "best", best.method = "youden", ret = c("threshold", "sensitivity", "specificity"), transpose = FALSE)[1, ]))
    if (!is.null(s$second)) {
        r2 <- curve(s$labels, s$second)
        paired <- roc.test(r, r2, method = "delong", paired = TRUE)
        unpaired <- roc.test(r, r2, method = "delong", paired = FALSE)
        entry$paired <- list(statistic = unname(paired$statistic), p = paired$p.value, lower = paired$conf.int[1], upper = paired$conf.int[2])
        entry$unpaired <- list(statistic = unname(unpaired$statistic), df = unname(unpaired$parameter), p = unpaired$p.value,
                               lower = unpaired$conf.int[1], upper = unpaired$conf.int[2])
    }
    found[[length(found) + 1]] <- entry
}

power <- list()
for (a in c(0.6, 0.75, 0.9)) for (kappa in c(0.5, 1, 3)) {
    size <- power.roc.test(auc = a, power = 0.8, kappa = kappa)
    power[[length(power) + 1]] <- list(auc = a, kappa = kappa, positives = size$ncases, negatives = size$ncontrols,
                                       power = power.roc.test(auc = a, ncases = 20, ncontrols = 20 * kappa)$power)
}

write(toJSON(list(sets = found, power = power), digits = NA, auto_unbox = TRUE, na = "string", null = "null"), "proc.json")
