using System.Globalization;
using System.Text;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Writes the epochs of a run as CSV.</summary>
internal static class HistoryCsv
{
    public static string Format(IEnumerable<EpochResult> history)
    {
        var text = new StringBuilder("epoch,training_loss,validation_loss,validation_auc,validation_accuracy,learning_rate,images_per_second\n");
        foreach (var r in history)
        {
            text.Append(CultureInfo.InvariantCulture, $"{r.Epoch},{r.TrainingLoss:R},{r.ValidationLoss:R},{r.ValidationAuc:R},{r.ValidationAccuracy:R},{r.LearningRate:R},{r.ImagesPerSecond:F2}\n");
        }

        return text.ToString();
    }
}
