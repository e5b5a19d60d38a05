; SPDX-License-Identifier: GPL-3.0-or-later
; What the tests ask of an image, in GIMP 3's words.

(script-fu-use-v3)

(define (open-image path)
  (set! image (gimp-file-load RUN-NONINTERACTIVE path))
  image)

(define (save-image path)
  (gimp-file-save RUN-NONINTERACTIVE image path -1)
  path)

(define (close-image) (gimp-image-delete image))
(define (layer name) (gimp-image-get-layer-by-name image name))
(define (channel name) (gimp-image-get-channel-by-name image name))
(define (mask name) (gimp-layer-get-mask (layer name)))
(define (selection) (gimp-image-get-selection image))
(define (name-of item) (gimp-item-get-name item))
(define (count-of-images) (vector-length (gimp-get-images)))
