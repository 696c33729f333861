// Pictures that lose their text when they are shrunk to the network's size are seen in tiles, whose maps are blended.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>
#include <opencv2/imgproc.hpp>

const int OVERLAP = 160, LARGEST = 1280, SMALLEST = 480;  // pixels of the network's input
using Run = std::function<cv::Mat(const cv::Mat&)>;       // pixels → map of the same size

struct Axis { std::vector<int> starts; int size; };

inline Axis axis(int length, int most) {  // where the tiles start that cover a length, and their size
  if (length <= most) return {{0}, length};
  const int count = (length - OVERLAP + most - OVERLAP - 1) / (most - OVERLAP), shared = (count - 1) * OVERLAP;
  const int size = std::min(most, (length + shared + count * 32 - 1) / (count * 32) * 32);
  std::vector<int> starts;
  for (int number = 0; number < count; ++number) starts.push_back((length - size) * number / (count - 1) / 32 * 32);
  return {starts, size};
}

inline cv::Mat counts(const Axis& along, int number) {  // a slope over the middle half of what neighbours share
  cv::Mat found(1, along.size, CV_32F, cv::Scalar(1));
  auto slope = [&](int shared, bool from_left) {
    for (int i = 0; i < shared; ++i)
      found.at<float>(from_left ? i : along.size - 1 - i) = float(std::clamp(2 * (i + 0.5) / shared - 0.5, 0.0, 1.0));
  };
  if (number > 0) slope(along.size - along.starts[number] + along.starts[number - 1], true);
  if (number + 1 < int(along.starts.size())) slope(along.size - along.starts[number + 1] + along.starts[number], false);
  return found;
}

inline cv::Mat resized(const cv::Mat& picture, double ratio) {
  auto side = [&](int length) { return std::max(32, int(std::nearbyint(int(length * ratio) / 32.0)) * 32); };
  cv::Mat found;
  cv::resize(picture, found, cv::Size(side(picture.cols), side(picture.rows)));
  return found;
}

// The map of a picture of any size. ratio: that it is shrunk by when it is seen whole; high, wide: the largest tile.
inline cv::Mat probability_map(const Run& run, const cv::Mat& picture, double ratio, int high, int wide) {
  const double longest = std::max(picture.rows, picture.cols), shortest = std::min(picture.rows, picture.cols);
  const double line = std::min(std::max(shortest / 60, 14.5), 54.0);  // an ordinary line; under 8 in the network it is lost
  if (line * std::max(ratio, std::min(1.0, LARGEST / longest)) >= 8 || std::min(high, wide) < SMALLEST)
    return run(resized(picture, ratio));
  const cv::Mat shown = resized(picture, std::min(1.0, 20 / line));
  const Axis down = axis(shown.rows, high), across = axis(shown.cols, wide);
  cv::Mat whole(shown.size(), CV_32F, cv::Scalar(0));
  for (size_t row = 0; row < down.starts.size(); ++row)
    for (size_t column = 0; column < across.starts.size(); ++column) {
      const cv::Rect place(across.starts[column], down.starts[row], across.size, down.size);
      whole(place) += run(shown(place)).mul(cv::Mat(counts(down, int(row)).t() * counts(across, int(column))));
    }
  return whole;
}
