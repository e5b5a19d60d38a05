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
(define (newest-image) (set! image (apply max (vector->list (gimp-get-images)))) image)
(define (activate item) (gimp-image-set-selected-layers image (vector item)))
(define (active-name) (name-of (vector-ref (gimp-image-get-selected-layers image) 0)))
; Displays have ids from 1 on; one that is not there is refused.
(define (close-displays)
  (let loop ((id 1))
    (if (< id 100)
        (begin (if (gimp-display-id-is-valid id) (gimp-display-delete id))
               (loop (+ id 1))))))
