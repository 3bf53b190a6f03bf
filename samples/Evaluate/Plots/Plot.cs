using OxyPlot;

namespace CovidCtNet.Samples.Evaluate.Plots;

/// <summary>A plot ready to be written.</summary>
/// <param name="FileName">Name without extension.</param>
/// <param name="Title">Its heading in the report.</param>
/// <param name="Caption">What it shows, for readers and for screen readers.</param>
/// <param name="Model">The plot.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
internal sealed record Plot(string FileName, string Title, string Caption, PlotModel Model, int Width = 560, int Height = 480);
